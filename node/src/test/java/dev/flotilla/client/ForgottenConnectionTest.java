package dev.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.kvrpcpb.RawGetRequest;
import dev.flotilla.proto.kvrpcpb.RawGetResponse;
import dev.flotilla.proto.tikvpb.TikvGrpcService;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.server.GrpcServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Something between two hosts swallows what is sent by a connection from some moment on. */
class ForgottenConnectionTest {
  private static final Duration TIMEOUT = Duration.ofMillis(300);
  private static final int TRIES_MAX = 30;

  private final Vertx vertx = Vertx.vertx();
  private final List<NetSocket> passed = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void isGivenUpForAnother() throws Exception {
    GrpcClient client =
        ClusterClient.grpc(vertx, TIMEOUT, Optional.empty(), new GrpcClientOptions());
    SocketAddress address = SocketAddress.inetSocketAddress(between(node()), "127.0.0.1");
    SingleCalls calls = new SingleCalls(client, address, TIMEOUT);
    assertThat(answers(calls)).isTrue();
    assertThat(passed).hasSize(1);

    passed.get(0).handler(swallowed -> {});
    assertThat(answers(calls)).isFalse();
    int tries = 1;
    while (!answers(calls) && tries < TRIES_MAX) {
      tries++;
    }
    assertThat(tries).isLessThan(TRIES_MAX);
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

  /** Passes on what comes, both ways. */
  private int between(int port) throws Exception {
    NetServer server =
        vertx
            .createNetServer()
            .connectHandler(
                client -> {
                  client.pause();
                  vertx
                      .createNetClient()
                      .connect(port, "127.0.0.1")
                      .onSuccess(
                          node -> {
                            passed.add(client);
                            client.handler(node::write);
                            node.handler(client::write);
                            client.resume();
                          });
                });
    return server.listen(0, "127.0.0.1").await(10, TimeUnit.SECONDS).actualPort();
  }
}
