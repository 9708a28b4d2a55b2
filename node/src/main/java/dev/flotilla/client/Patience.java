package dev.flotilla.client;

import io.vertx.core.Future;
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

  private Patience(Vertx vertx, Duration most) {
    this.vertx = vertx;
    this.most = most;
  }

  /** One try for each request. */
  static Patience none(Vertx vertx) {
    return new Patience(vertx, Duration.ZERO);
  }

  /**
   * Tries while there is time.
   *
   * @param most no try begins later than this after the first
   */
  static Patience of(Vertx vertx, Duration most) {
    return new Patience(vertx, most);
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
    return watch(look, wanted, System.nanoTime() + most.toNanos());
  }

  private <T> Future<T> watch(Supplier<Future<T>> look, Predicate<T> wanted, long endNanos) {
    return look.get()
        .transform(
            (seen, failure) -> {
              if (failure == null && wanted.test(seen)) {
                return Future.succeededFuture(seen);
              } else if (hasTime(endNanos)) {
                return vertx
                    .timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                    .compose(elapsed -> watch(look, wanted, endNanos));
              }
              return failure == null ? Future.succeededFuture(seen) : Future.failedFuture(failure);
            });
  }

  private <T> Future<T> ask(Supplier<Future<T>> request, Predicate<ClientException> hope) {
    return ask(request, hope, System.nanoTime() + most.toNanos());
  }

  private <T> Future<T> ask(
      Supplier<Future<T>> request, Predicate<ClientException> hope, long endNanos) {
    return request
        .get()
        .recover(
            failure ->
                failure instanceof ClientException told && hope.test(told) && hasTime(endNanos)
                    ? vertx
                        .timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                        .compose(elapsed -> ask(request, hope, endNanos))
                    : Future.failedFuture(failure));
  }

  private static boolean hasTime(long endNanos) {
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS) - endNanos < 0;
  }
}
