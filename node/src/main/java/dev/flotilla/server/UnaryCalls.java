package dev.flotilla.server;

import com.google.protobuf.MessageLite;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.Refusal;
import io.vertx.core.Handler;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes unary calls of one event loop: deadline, malformed messages, refusal while stopping. Event
 * loop only.
 */
final class UnaryCalls {
  private static final Logger LOG = LoggerFactory.getLogger(UnaryCalls.class);

  private final CallTracker tracker;
  private final Clock clock;
  private final CallObserver observer;
  private boolean stopping;

  UnaryCalls(CallTracker tracker, Clock clock, CallObserver observer) {
    this.tracker = tracker;
    this.clock = clock;
    this.observer = observer;
  }

  /** From now on calls are refused; those accepted are still answered. */
  void refuseNew() {
    stopping = true;
  }

  /** Whether new calls are refused. */
  boolean isStopping() {
    return stopping;
  }

  /**
   * Binds {@code operation}, which answers its call exactly once.
   *
   * @param <P> request message
   * @param <R> response message
   */
  <P extends MessageLite, R extends MessageLite> void bind(
      GrpcServer server,
      ServiceMethod<P, R> method,
      UnaryCall.Refusals<R> refusals,
      BiConsumer<P, UnaryCall<R>> operation) {
    server.callHandler(Decoded.tolerant(method), request -> accept(request, refusals, operation));
  }

  private <P extends MessageLite, R extends MessageLite> void accept(
      GrpcServerRequest<Decoded<P>, R> request,
      UnaryCall.Refusals<R> refusals,
      BiConsumer<P, UnaryCall<R>> operation) {
    if (stopping) {
      request.response().status(GrpcStatus.UNAVAILABLE).statusMessage("node is stopping").end();
      return;
    }
    String name = request.fullMethodName();
    long startNanos = clock.nanos();
    UnaryCall.Timing timing =
        outcome -> observer.onAnswered(name, outcome, clock.nanos() - startNanos);
    long timeoutMillis = request.timeout();
    // No more than there are: only the difference to now counts, which may then be the greatest.
    long deadlineNanos =
        timeoutMillis == 0 ? 0 : startNanos + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    UnaryCall<R> call =
        new UnaryCall<>(request.response(), tracker, refusals, timing, deadlineNanos);
    Handler<Throwable> gone = failure -> call.abandon();
    request.exceptionHandler(gone);
    request.errorHandler(reset -> call.abandon());
    // One who has asked, and whose connection ends, is missed here only.
    request.response().exceptionHandler(gone);
    request.invalidMessageHandler(
        invalid -> call.fail(GrpcStatus.RESOURCE_EXHAUSTED, UnreadMessage.text(invalid)));
    request.endHandler(end -> call.askedAll());
    request.handler(
        decoded -> {
          if (!call.ask()) {
            return;
          }
          P message = decoded.message();
          if (message == null) {
            call.fail(GrpcStatus.INVALID_ARGUMENT, "malformed message");
            return;
          }
          if (!tracker.accept(call, message.getSerializedSize())) {
            call.refused(new Refusal.ServerIsBusy("too many bytes of requests are in flight"));
            return;
          }
          try {
            operation.accept(message, call);
          } catch (RuntimeException bug) {
            LOG.error("{} failed", request.fullMethodName(), bug);
            call.fail(GrpcStatus.INTERNAL, "internal error");
          }
        });
  }
}
