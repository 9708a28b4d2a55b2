package dev.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.connection.Passage;
import dev.flotilla.proto.kvrpcpb.RawGetRequest;
import dev.flotilla.proto.kvrpcpb.RawGetResponse;
import dev.flotilla.proto.tikvpb.TikvGrpcService;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.server.GrpcServer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Something between two hosts swallows what is sent by a connection from some moment on. */
class ForgottenConnectionTest {
  private static final Duration TIMEOUT = Duration.ofMillis(300);
  private static final int TRIES_MAX = 30;

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void isGivenUpForAnother() throws Exception {
    GrpcClient client =
        ClusterClient.grpc(vertx, TIMEOUT, Optional.empty(), new GrpcClientOptions());
    Passage passage = new Passage(vertx);
    SocketAddress address = SocketAddress.inetSocketAddress(passage.open(node()), "127.0.0.1");
    SingleCalls calls = new SingleCalls(client, address, TIMEOUT);
    assertThat(answersAtLast(calls)).isTrue();
    passage.forget();
    assertThat(answers(calls)).isFalse();
    assertThat(answersAtLast(calls)).isTrue();
  }

  private static boolean answersAtLast(SingleCalls calls) throws Exception {
    for (int tries = 0; tries < TRIES_MAX; tries++) {
      if (answers(calls)) {
        return true;
      }
    }
    return false;
  }

  private static boolean answers(SingleCalls calls) throws Exception {
    RawGetRequest get = RawGetRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build();
    Future<RawGetResponse> answer = calls.get(get);
    return answer.map(true).otherwise(false).await(30, TimeUnit.SECONDS);
  }

  private int node() throws Exception {
    GrpcServer grpc = GrpcServer.server(vertx);
    grpc.callHandler(
        TikvGrpcService.RawGet,
        call -> call.handler(get -> call.response().end(RawGetResponse.getDefaultInstance())));
    return vertx
        .createHttpServer()
        .requestHandler(grpc)
        .listen(0, "127.0.0.1")
        .await(10, TimeUnit.SECONDS)
        .actualPort();
  }
}
