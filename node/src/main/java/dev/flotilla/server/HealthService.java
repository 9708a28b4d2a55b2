package dev.flotilla.server;

import dev.flotilla.proto.health.HealthCheckRequest;
import dev.flotilla.proto.health.HealthCheckResponse;
import dev.flotilla.proto.health.HealthCheckResponse.ServingStatus;
import dev.flotilla.proto.health.HealthGrpcService;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code grpc.health.v1.Health}: whether this node serves. */
final class HealthService {
  private static final Set<String> SERVICES = Set.of("", "tikvpb.Tikv", "pdpb.PD");

  /** How often it is looked for a change to tell those who watch. */
  static final long LOOK_MILLIS = 250;

  private static final Logger LOG = LoggerFactory.getLogger(HealthService.class);

  private final BooleanSupplier serving;
  private final Vertx vertx;

  HealthService(BooleanSupplier serving, Vertx vertx) {
    this.serving = serving;
    this.vertx = vertx;
  }

  void bind(GrpcServer server) {
    server.callHandler(
        Decoded.tolerant(HealthGrpcService.Check),
        call -> onFirst(call, asked -> check(call, asked)));
    server.callHandler(
        Decoded.tolerant(HealthGrpcService.Watch),
        call -> onFirst(call, asked -> new Watcher(call, asked).begin()));
  }

  /** Either call takes one message; more would be answered without end. */
  private static void onFirst(
      GrpcServerRequest<Decoded<HealthCheckRequest>, ?> call, Handler<HealthCheckRequest> served) {
    AtomicBoolean heard = new AtomicBoolean();
    BiConsumer<GrpcStatus, String> refuse =
        (status, text) -> {
          if (!heard.getAndSet(true)) {
            call.response().status(status).statusMessage(text).end();
          }
        };
    call.invalidMessageHandler(
        invalid -> refuse.accept(GrpcStatus.RESOURCE_EXHAUSTED, UnreadMessage.text(invalid)));
    call.endHandler(end -> refuse.accept(GrpcStatus.INVALID_ARGUMENT, "the call takes a message"));
    call.handler(
        decoded -> {
          HealthCheckRequest asked = decoded.message();
          if (asked == null) {
            refuse.accept(GrpcStatus.INVALID_ARGUMENT, "malformed message");
          } else if (!heard.getAndSet(true)) {
            served.handle(asked);
          }
        });
  }

  private void check(
      GrpcServerRequest<Decoded<HealthCheckRequest>, HealthCheckResponse> call,
      HealthCheckRequest asked) {
    if (!SERVICES.contains(asked.getService())) {
      call.response().status(GrpcStatus.NOT_FOUND).statusMessage("unknown service").end();
      return;
    }
    call.response().end(status(asked));
  }

  private HealthCheckResponse status(HealthCheckRequest asked) {
    ServingStatus status =
        !SERVICES.contains(asked.getService())
            ? ServingStatus.SERVICE_UNKNOWN
            : serving.getAsBoolean() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    return HealthCheckResponse.newBuilder().setStatus(status).build();
  }

  /** One who is told how it is, and again whenever that changes. Used on the call's event loop. */
  private final class Watcher {
    private final GrpcServerRequest<Decoded<HealthCheckRequest>, HealthCheckResponse> call;
    private final HealthCheckRequest asked;
    private @Nullable HealthCheckResponse told;

    Watcher(
        GrpcServerRequest<Decoded<HealthCheckRequest>, HealthCheckResponse> call,
        HealthCheckRequest asked) {
      this.call = call;
      this.asked = asked;
    }

    void begin() {
      long timer = vertx.setPeriodic(LOOK_MILLIS, id -> look());
      call.exceptionHandler(gone -> vertx.cancelTimer(timer));
      call.errorHandler(reset -> vertx.cancelTimer(timer));
      // Who has said all that he has to say is missed here only.
      call.response().exceptionHandler(gone -> vertx.cancelTimer(timer));
      look();
    }

    private void look() {
      HealthCheckResponse now = status(asked);
      if (!now.equals(told)) {
        told = now;
        call.response().write(now).onFailure(gone -> LOG.debug("who watched has gone", gone));
      }
    }
  }
}
