package dev.flotilla.node;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/**
 * Tries something until it succeeds, for as long as it takes; what an operator has to put right is
 * not tried again. No try is part of the one before: however many there were, they take no memory,
 * and the last one's outcome does not have to find its way out of all of them.
 *
 * @param <T> what comes of it
 */
final class Perseverance<T> {
  private final Vertx vertx;
  private final long pauseMillis;
  private final Supplier<Future<T>> attempt;
  private final Listener listener;
  private final Promise<T> outcome = Promise.promise();

  /** Told of each try that failed and is not the last. */
  @FunctionalInterface
  interface Listener {
    void onFailure(int number, Throwable failure);
  }

  private Perseverance(
      Vertx vertx, long pauseMillis, Supplier<Future<T>> attempt, Listener listener) {
    this.vertx = vertx;
    this.pauseMillis = pauseMillis;
    this.attempt = attempt;
    this.listener = listener;
  }

  /** Tries {@code attempt}, with a pause between two tries. */
  static <T> Future<T> until(
      Vertx vertx, long pauseMillis, Supplier<Future<T>> attempt, Listener listener) {
    Perseverance<T> trying = new Perseverance<>(vertx, pauseMillis, attempt, listener);
    trying.next(1);
    return trying.outcome.future();
  }

  private void next(int number) {
    Future.succeededFuture()
        .compose(ready -> attempt.get())
        .onComplete(
            outcome::complete,
            failure -> {
              if (failure instanceof StartRefused) {
                outcome.fail(failure);
              } else {
                listener.onFailure(number, failure);
                vertx.setTimer(pauseMillis, id -> next(number + 1));
              }
            });
  }
}
