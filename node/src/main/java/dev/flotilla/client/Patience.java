package dev.flotilla.client;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Asks again, after a pause, while the answer may be another one next time. Thread-safe. */
final class Patience {
  /** About the time that an election takes. */
  private static final long PAUSE_MILLIS = 200;

  private final Vertx vertx;
  private final Duration most;
  private final long pauseMillis;

  /** For tests; what the others give waits as long as an election takes. */
  Patience(Vertx vertx, Duration most, long pauseMillis) {
    this.vertx = vertx;
    this.most = most;
    this.pauseMillis = pauseMillis;
  }

  /** One try for each request. */
  static Patience none(Vertx vertx) {
    return new Patience(vertx, Duration.ZERO, PAUSE_MILLIS);
  }

  /**
   * Tries while there is time.
   *
   * @param most no try begins later than this after the first
   */
  static Patience of(Vertx vertx, Duration most) {
    return new Patience(vertx, most, PAUSE_MILLIS);
  }

  /** Tries a request that changes nothing, until it is answered or refused for good. */
  <T> Future<T> read(Supplier<Future<T>> request) {
    return ask(request, failure -> failure.isTransient() || failure.isOutcomeUnknown());
  }

  /** Tries a request until it may have taken effect or is refused for good. */
  <T> Future<T> write(Supplier<Future<T>> request) {
    return ask(request, ClientException::isTransient);
  }

  /** Looks until what is seen is as {@code wanted}, or time is over; gives what was seen last. */
  <T> Future<T> watch(Supplier<Future<T>> look, Predicate<T> wanted) {
    return until(look, (seen, failure) -> failure == null && wanted.test(seen));
  }

  private <T> Future<T> ask(Supplier<Future<T>> request, Predicate<ClientException> hope) {
    return until(
        request,
        (answer, failure) -> !(failure instanceof ClientException told && hope.test(told)));
  }

  /** Whether an outcome is the one to be given, of which one part is null. */
  @FunctionalInterface
  private interface Judge<T> {
    boolean isGood(T answer, Throwable failure);
  }

  private <T> Future<T> until(Supplier<Future<T>> attempt, Judge<T> judge) {
    Promise<T> outcome = Promise.promise();
    next(attempt, judge, System.nanoTime() + most.toNanos(), outcome);
    return outcome.future();
  }

  /** No try is part of the one before: the stack would not bear the outcome of thousands. */
  private <T> void next(
      Supplier<Future<T>> attempt, Judge<T> judge, long endNanos, Promise<T> outcome) {
    Future.succeededFuture()
        .compose(ready -> attempt.get())
        .onComplete(
            (answer, failure) -> {
              if (judge.isGood(answer, failure) || !hasTime(endNanos)) {
                outcome.complete(answer, failure);
              } else {
                vertx.setTimer(pauseMillis, id -> next(attempt, judge, endNanos, outcome));
              }
            });
  }

  private boolean hasTime(long endNanos) {
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pauseMillis) - endNanos < 0;
  }
}
