package dev.flotilla.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.health.HealthCheckRequest;
import dev.flotilla.proto.health.HealthCheckResponse;
import dev.flotilla.proto.health.HealthCheckResponse.ServingStatus;
import dev.flotilla.proto.health.HealthGrpcClient;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.server.GrpcServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthServiceTest {
  private static final HealthCheckRequest ASKED = HealthCheckRequest.getDefaultInstance();

  private final Vertx vertx = Vertx.vertx();
  private final GrpcClient client = GrpcClient.client(vertx);

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private SocketAddress listen(BooleanSupplier serving) throws Exception {
    GrpcServer grpc = GrpcServer.server(vertx);
    new HealthService(serving, vertx).bind(grpc);
    HttpServer http =
        vertx
            .createHttpServer()
            .requestHandler(grpc)
            .listen(0, "127.0.0.1")
            .await(10, TimeUnit.SECONDS);
    return SocketAddress.inetSocketAddress(http.actualPort(), "127.0.0.1");
  }

  @Test
  void answersAWatcherOnceHoweverOftenItAsks() throws Exception {
    SocketAddress server = listen(() -> true);
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

  /** Else the stream stays, one of those that the connection may have. */
  @Test
  void whoAsksNothingIsToldSo() throws Exception {
    SocketAddress server = listen(() -> true);
    for (ServiceMethod<HealthCheckResponse, HealthCheckRequest> method :
        List.of(HealthGrpcClient.Check, HealthGrpcClient.Watch)) {
      GrpcClientRequest<HealthCheckRequest, HealthCheckResponse> silent =
          client.request(server, method).await(10, TimeUnit.SECONDS);
      silent.end();
      assertThat(
              silent
                  .response()
                  .compose(
                      response ->
                          response
                              .end()
                              .transform(end -> Future.succeededFuture(response.status())))
                  .await(10, TimeUnit.SECONDS))
          .isEqualTo(GrpcStatus.INVALID_ARGUMENT);
    }
  }

  @Test
  void whoAsksWhatCannotBeReadIsToldSo() throws Exception {
    List<Throwable> unhandled = Collections.synchronizedList(new ArrayList<>());
    vertx.exceptionHandler(unhandled::add);
    SocketAddress server = listen(() -> true);
    HttpClientRequest garbled =
        vertx
            .createHttpClient(
                new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(false))
            .request(
                new RequestOptions()
                    .setServer(server)
                    .setMethod(HttpMethod.POST)
                    .setURI("/grpc.health.v1.Health/Check"))
            .await(10, TimeUnit.SECONDS);
    garbled.putHeader("content-type", "application/grpc");
    HttpClientResponse answer =
        garbled
            .send(Buffer.buffer(new byte[] {0, 0, 0, 0, 1, (byte) 0xff}))
            .await(10, TimeUnit.SECONDS);
    assertThat(answer.getHeader("grpc-status"))
        .isEqualTo(Integer.toString(GrpcStatus.INVALID_ARGUMENT.code));
    assertThat(unhandled).isEmpty();
  }

  /** Who comes while the node starts must hear that it serves, and that it stops. */
  @Test
  void tellsAWatcherWhenTheStateChanges() throws Exception {
    AtomicBoolean serving = new AtomicBoolean();
    BlockingQueue<ServingStatus> told = new LinkedBlockingQueue<>();
    GrpcClientRequest<HealthCheckRequest, HealthCheckResponse> watch =
        client.request(listen(serving::get), HealthGrpcClient.Watch).await(10, TimeUnit.SECONDS);
    watch
        .response()
        .onSuccess(response -> response.handler(message -> told.add(message.getStatus())));
    watch.end(ASKED);
    assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo(ServingStatus.NOT_SERVING);
    serving.set(true);
    assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo(ServingStatus.SERVING);
    serving.set(false);
    assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(told).isEmpty();
  }

  private GrpcClientRequest<HealthCheckRequest, HealthCheckResponse> watch(SocketAddress server)
      throws Exception {
    GrpcClientRequest<HealthCheckRequest, HealthCheckResponse> watch =
        client.request(server, HealthGrpcClient.Watch).await(10, TimeUnit.SECONDS);
    watch.end(ASKED);
    watch.response().await(10, TimeUnit.SECONDS);
    return watch;
  }

  @Test
  void looksForNobodyWhoHasGone() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    SocketAddress server = listen(() -> looks.incrementAndGet() > 0);
    watch(server).cancel();
    watch(server).connection().close().await(10, TimeUnit.SECONDS);
    AtomicInteger before = new AtomicInteger(-1);
    Awaitility.await()
        .pollInterval(Duration.ofMillis(4 * HealthService.LOOK_MILLIS))
        .until(() -> before.getAndSet(looks.get()) == looks.get());
  }
}
