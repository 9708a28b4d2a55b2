package dev.flotilla.verticle.cluster;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import java.util.function.Consumer;

/**
 * The event loop on which a node sends over the event bus. Any thread.
 *
 * <p>For each message written Vert.x runs a task in the context that opened the connection, and one
 * in the context that sent it when that waits for the outcome. Were these workers, each frame of
 * raft messages would wake their threads for nothing. Here both are the event loop that writes.
 */
public final class BusLoop {
  private final Vertx vertx;
  private final Context context;

  /**
   * @throws IllegalStateException when called by a worker of Vert.x
   */
  public BusLoop(Vertx vertx) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    if (!context.isEventLoopContext()) {
      throw new IllegalStateException("a worker does not send over the event bus");
    }
  }

  /** The bus, to listen on; messages are sent by {@link #send}. */
  EventBus bus() {
    return vertx.eventBus();
  }

  /** Runs {@code sending} on the event loop, after what was handed over before. */
  void send(Consumer<EventBus> sending) {
    context.runOnContext(ignored -> sending.accept(vertx.eventBus()));
  }

  /** The context to carry an answer back to. */
  Context caller() {
    return vertx.getOrCreateContext();
  }
}
