package dev.flotilla.engine.rocks;

import java.time.Duration;
import java.util.TreeSet;

/**
 * The snapshots of one database that are open. Thread-safe.
 *
 * <p>A snapshot does not keep files from being dropped: what is read of it afterwards looks as if
 * it had never been there.
 */
final class OpenSnapshots {
  private final TreeSet<Long> open = new TreeSet<>();
  private long next;

  /** One is about to be taken; returns its number, for {@link #closed}. */
  synchronized long opened() {
    open.add(next);
    return next++;
  }

  /** It is not read any more. */
  synchronized void closed(long number) {
    open.remove(number);
    notifyAll();
  }

  /**
   * Blocks until those that are open now are closed, at most for {@code patience}; later ones do
   * not count.
   *
   * @return whether they are closed
   */
  synchronized boolean awaitClosed(Duration patience) {
    long later = next;
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      while (!open.isEmpty() && open.first() < later) {
        long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
        if (leftMillis <= 0) {
          return false;
        }
        wait(leftMillis);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
