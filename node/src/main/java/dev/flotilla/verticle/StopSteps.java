package dev.flotilla.verticle;

import io.vertx.core.Future;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * A stop, step by step: each begins when the one before is over, and is tried even if that failed,
 * so that what cannot be closed does not keep open what can. Steps are added by one thread.
 */
public final class StopSteps {
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private Future<Void> last = Future.succeededFuture();

  /**
   * Adds a step after the others.
   *
   * @param step fails by its future or by what it throws
   */
  public StopSteps then(Supplier<? extends Future<?>> step) {
    last = last.compose(before -> step.get().<Void>mapEmpty()).recover(this::failed);
    return this;
  }

  private Future<Void> failed(Throwable failure) {
    failures.add(failure);
    return Future.succeededFuture();
  }

  /**
   * Completes when all steps are over; fails as the first that failed, with the others' besides.
   */
  public Future<Void> done() {
    return last.compose(over -> outcome());
  }

  private Future<Void> outcome() {
    Throwable first = failures.poll();
    if (first == null) {
      return Future.succeededFuture();
    }
    if (failures.isEmpty()) {
      return Future.failedFuture(first);
    }
    // Those of Vert.x, without a stack trace, take nothing besides.
    IllegalStateException all = new IllegalStateException(first.getMessage(), first);
    failures.forEach(all::addSuppressed);
    return Future.failedFuture(all);
  }
}
