package dev.flotilla.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.flotilla.proto.raft_serverpb.Done;
import dev.flotilla.proto.tikvpb.TikvGrpcClient;
import dev.flotilla.proto.tikvpb.TikvGrpcService;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.common.GrpcReadStream;
import io.vertx.grpc.server.GrpcServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls to addresses of all kinds. */
class OpeningTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost", "::1"})
  void callReachesWhoeverIsAtTheAddress(String host) throws Exception {
    assumeThat(isHere(host)).isTrue();
    GrpcServer grpc = GrpcServer.server(vertx);
    grpc.callHandler(
        TikvGrpcService.Snapshot,
        call -> call.endHandler(end -> call.response().end(Done.getDefaultInstance())));
    HttpServer server =
        vertx.createHttpServer().requestHandler(grpc).listen(0, host).await(20, TimeUnit.SECONDS);
    GrpcClient client =
        GrpcClient.client(
            vertx,
            new GrpcClientOptions(),
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    Future<Done> answer =
        Opening.of(
                client,
                Opening.at(host, server.actualPort()),
                TikvGrpcClient.Snapshot,
                Duration.ofSeconds(20))
            .compose(
                request ->
                    request
                        .end()
                        .compose(ended -> request.response())
                        .compose(GrpcReadStream::last));
    assertThat(answer.await(20, TimeUnit.SECONDS)).isEqualTo(Done.getDefaultInstance());
  }

  /** Not all machines have IPv6. */
  private static boolean isHere(String host) {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
