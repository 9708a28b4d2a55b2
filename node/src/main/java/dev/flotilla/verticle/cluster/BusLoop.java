package dev.flotilla.verticle.cluster;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loop on which a node sends over the event bus. Any thread.
 *
 * <p>For each message written Vert.x runs a task in the context that opened the connection, and one
 * in the context that sent it when that waits for the outcome. Were these workers, each frame of
 * raft messages would wake their threads for nothing. Here both are the event loop that writes.
 */
public final class BusLoop {
  private static final Logger LOG = LoggerFactory.getLogger(BusLoop.class);

  private final Vertx vertx;
  private final EventBus bus;
  private final Context context;

  /**
   * @throws IllegalStateException when called by a worker of Vert.x
   */
  public BusLoop(Vertx vertx) {
    this(vertx, vertx.eventBus());
  }

  BusLoop(Vertx vertx, EventBus bus) {
    this.vertx = vertx;
    this.bus = bus;
    this.context = vertx.getOrCreateContext();
    if (!context.isEventLoopContext()) {
      throw new IllegalStateException("a worker does not send over the event bus");
    }
  }

  /** The bus, to listen on; messages are sent by {@link #send}. */
  EventBus bus() {
    return bus;
  }

  /** Runs {@code sending} on the event loop, after what was handed over before. */
  void send(Consumer<EventBus> sending) {
    context.runOnContext(ignored -> sending.accept(bus));
  }

  /**
   * As {@link #send}, for messages of which nobody wants to know whether they arrived: one that
   * fails at once throws (Vert.x 5.0.7, as the promise of a write says that it was completed
   * before), and that is no fault, but a connection that has just been closed.
   */
  void tell(Consumer<EventBus> sending) {
    send(
        bus -> {
          try {
            sending.accept(bus);
          } catch (IllegalStateException e) {
            LOG.debug("a message was lost", e);
          }
        });
  }

  /**
   * Runs {@code asking} on the event loop. The future completes in the caller's context, also when
   * {@code asking} throws; on the event loop when the caller is a worker that has stopped since.
   */
  <T> Future<T> ask(Function<EventBus, Future<T>> asking) {
    Context caller = vertx.getOrCreateContext();
    Promise<T> outcome = Promise.promise();
    send(
        bus ->
            Future.<T>future(asked -> asking.apply(bus).onComplete(asked))
                .onComplete(
                    (answer, failure) -> {
                      try {
                        caller.runOnContext(ignored -> outcome.complete(answer, failure));
                      } catch (RejectedExecutionException stopped) {
                        // Its thread is gone; who waits for the outcome may be another's.
                        outcome.complete(answer, failure);
                      }
                    }));
    return outcome.future();
  }
}
