package dev.flotilla.server;

import dev.flotilla.proto.health.HealthCheckRequest;
import dev.flotilla.proto.health.HealthCheckResponse;
import dev.flotilla.proto.health.HealthCheckResponse.ServingStatus;
import dev.flotilla.proto.health.HealthGrpcService;
import io.vertx.core.Handler;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** {@code grpc.health.v1.Health}: whether this node serves. */
final class HealthService {
  private static final Set<String> SERVICES = Set.of("", "tikvpb.Tikv", "pdpb.PD");

  private final BooleanSupplier serving;

  HealthService(BooleanSupplier serving) {
    this.serving = serving;
  }

  void bind(GrpcServer server) {
    server.callHandler(HealthGrpcService.Check, call -> onFirst(call, asked -> check(call, asked)));
    // The state changes once in a node's life, so a watcher is told what it is now.
    server.callHandler(
        HealthGrpcService.Watch,
        call -> onFirst(call, asked -> call.response().write(status(asked))));
  }

  /** Either call takes one message; more would be answered without end. */
  private static void onFirst(
      GrpcServerRequest<HealthCheckRequest, ?> call, Handler<HealthCheckRequest> served) {
    AtomicBoolean heard = new AtomicBoolean();
    call.handler(
        asked -> {
          if (!heard.getAndSet(true)) {
            served.handle(asked);
          }
        });
  }

  private void check(
      GrpcServerRequest<HealthCheckRequest, HealthCheckResponse> call, HealthCheckRequest asked) {
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
}
