package dev.flotilla.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.health.HealthCheckRequest;
import dev.flotilla.proto.health.HealthCheckResponse;
import dev.flotilla.proto.health.HealthGrpcClient;
import dev.flotilla.proto.health.HealthGrpcService;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A call that nobody answers is answered when its deadline has passed, and not again later. */
class DeadlineTest {
  private final Vertx vertx = Vertx.vertx();
  private final HandClock clock = new HandClock();
  private final CompletableFuture<UnaryCall<HealthCheckResponse>> accepted =
      new CompletableFuture<>();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private HttpServer listen() throws Exception {
    CompletableFuture<HttpServer> listening = new CompletableFuture<>();
    vertx.runOnContext(
        ignored -> {
          GrpcServer grpc = GrpcServer.server(vertx);
          CallTracker tracker =
              new CallTracker(vertx, vertx.getOrCreateContext(), clock, Long.MAX_VALUE);
          new UnaryCalls(tracker, clock, (method, outcome, took) -> {})
              .bind(
                  grpc,
                  HealthGrpcService.Check,
                  error -> HealthCheckResponse.getDefaultInstance(),
                  (request, call) -> accepted.complete(call));
          vertx
              .createHttpServer()
              .requestHandler(grpc)
              .listen(0, "127.0.0.1")
              .onSuccess(listening::complete);
        });
    return listening.get(10, TimeUnit.SECONDS);
  }

  /** Calls with {@code timeout} as a header, so that the deadline is the server's alone. */
  private Future<GrpcStatus> call(String timeout) throws Exception {
    HttpServer server = listen();
    return GrpcClient.client(vertx)
        .request(
            SocketAddress.inetSocketAddress(server.actualPort(), "127.0.0.1"),
            HealthGrpcClient.Check)
        .compose(
            call -> {
              call.headers().set("grpc-timeout", timeout);
              return call.send(HealthCheckRequest.getDefaultInstance());
            })
        .compose(
            response -> response.end().transform(end -> Future.succeededFuture(response.status())));
  }

  @Test
  void aDeadlineIsAnAnswer() throws Exception {
    Future<GrpcStatus> status = call("5S");
    UnaryCall<HealthCheckResponse> call = accepted.get(10, TimeUnit.SECONDS);
    assertThat(call.isAbandoned()).isFalse();
    clock.set(Duration.ofSeconds(5));
    assertThat(status.await(10, TimeUnit.SECONDS)).isEqualTo(GrpcStatus.DEADLINE_EXCEEDED);
    assertThat(call.isAbandoned()).isTrue();
    call.done(HealthCheckResponse.getDefaultInstance());
  }

  /** The longest that a client can say, which is more nanoseconds than there are. */
  @Test
  void aDeadlineBeyondAllTimeIsNone() throws Exception {
    Future<GrpcStatus> status = call("99999999H");
    UnaryCall<HealthCheckResponse> call = accepted.get(10, TimeUnit.SECONDS);
    clock.set(Duration.ofDays(1000));
    call.checkDeadline(clock.nanos());
    call.done(HealthCheckResponse.getDefaultInstance());
    assertThat(status.await(10, TimeUnit.SECONDS)).isEqualTo(GrpcStatus.OK);
  }
}
