package dev.flotilla.bench;

import org.jspecify.annotations.Nullable;

/** Requests of a load that failed since the count last began. Any thread. */
final class Failures {
  /**
   * @param count of them
   * @param last what the last one failed by, null with a count of 0
   */
  record Seen(long count, @Nullable String last) {}

  private static final Seen NONE = new Seen(0, null);

  private Seen seen = NONE;

  synchronized void add(Throwable failure) {
    String message = failure.getMessage();
    seen = new Seen(seen.count + 1, message == null ? failure.toString() : message);
  }

  /** Begins to count anew: what failed while warming up is not of the measurement. */
  synchronized void clear() {
    seen = NONE;
  }

  synchronized Seen seen() {
    return seen;
  }
}
