package dev.flotilla.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.health.HealthCheckRequest;
import dev.flotilla.proto.health.HealthCheckResponse;
import dev.flotilla.proto.health.HealthCheckResponse.ServingStatus;
import dev.flotilla.proto.health.HealthGrpcClient;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.server.GrpcServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthServiceTest {
  private static final HealthCheckRequest ASKED = HealthCheckRequest.getDefaultInstance();

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void answersAWatcherOnceHoweverOftenItAsks() throws Exception {
    GrpcServer grpc = GrpcServer.server(vertx);
    new HealthService(() -> true).bind(grpc);
    HttpServer http =
        vertx
            .createHttpServer()
            .requestHandler(grpc)
            .listen(0, "127.0.0.1")
            .await(10, TimeUnit.SECONDS);
    SocketAddress server = SocketAddress.inetSocketAddress(http.actualPort(), "127.0.0.1");
    GrpcClient client = GrpcClient.client(vertx);
    List<HealthCheckResponse> told = Collections.synchronizedList(new ArrayList<>());
    GrpcClientRequest<HealthCheckRequest, HealthCheckResponse> watch =
        client.request(server, HealthGrpcClient.Watch).await(10, TimeUnit.SECONDS);
    watch.response().onSuccess(response -> response.handler(told::add));
    for (int i = 0; i < 5; i++) {
      watch.write(ASKED);
    }
    GrpcClientRequest<HealthCheckRequest, HealthCheckResponse> check =
        client.request(server, HealthGrpcClient.Check).await(10, TimeUnit.SECONDS);
    check.write(ASKED);
    check.end(ASKED);
    // By the same connection, so behind all answers to the watcher.
    HealthCheckResponse checked =
        check.response().compose(response -> response.last()).await(10, TimeUnit.SECONDS);
    assertThat(checked.getStatus()).isEqualTo(ServingStatus.SERVING);
    assertThat(told).containsExactly(checked);
  }
}
