package dev.flotilla.server;

import dev.flotilla.proto.tikvpb.TikvGrpcService;
import dev.flotilla.raftstore.Clock;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.server.GrpcServer;

/**
 * {@code tikvpb.Tikv/BatchCommands}: streams of commands, each of which is served like a call of
 * its own. One event loop.
 */
final class BatchStreams {
  private final BatchKinds kinds;
  private final CallTracker tracker;
  private final UnaryCalls calls;
  private final Clock clock;
  private final CallObserver observer;

  /**
   * @param calls the calls beside which these are served, and are to stop with
   */
  BatchStreams(
      RawMethods methods,
      CallTracker tracker,
      UnaryCalls calls,
      Clock clock,
      CallObserver observer) {
    this.kinds = new BatchKinds(methods);
    this.tracker = tracker;
    this.calls = calls;
    this.clock = clock;
    this.observer = observer;
  }

  void bind(GrpcServer server) {
    server.callHandler(
        Decoded.tolerant(TikvGrpcService.BatchCommands),
        call -> {
          if (isStopping()) {
            call.response().status(GrpcStatus.UNAVAILABLE).statusMessage("node is stopping").end();
          } else {
            new BatchStream(call, this).open();
          }
        });
  }

  BatchKinds kinds() {
    return kinds;
  }

  CallTracker tracker() {
    return tracker;
  }

  boolean isStopping() {
    return calls.isStopping();
  }

  /** Begins to measure a command, which counts as a call of its method. */
  UnaryCall.Timing timing(ServiceMethod<?, ?> method) {
    long startNanos = clock.nanos();
    return outcome ->
        observer.onAnswered(method.fullMethodName(), outcome, clock.nanos() - startNanos);
  }
}
