package dev.flotilla.server;

import io.vertx.grpc.server.GrpcServerRequest;

/**
 * Whether the requests of a stream are read. A client that sends and does not read must not have
 * answers gather here. Used on the stream's event loop.
 */
final class Inflow {
  private final GrpcServerRequest<?, ?> call;
  private boolean paused;

  Inflow(GrpcServerRequest<?, ?> call) {
    this.call = call;
  }

  /** Reads no more for now. */
  void pause() {
    if (!paused) {
      paused = true;
      call.pause();
    }
  }

  /** An answer was written: reads no more for now if it does not leave. */
  void onWritten() {
    if (call.response().writeQueueFull()) {
      pause();
    }
  }

  /** Few requests wait: reads again, unless answers do not leave. */
  void resume() {
    if (paused && !call.response().writeQueueFull()) {
      paused = false;
      call.resume();
    }
  }
}
