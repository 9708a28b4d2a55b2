package dev.flotilla.sim.cluster;

import java.util.PriorityQueue;

/**
 * Virtual time and what is to happen in it. Time stands still while something happens and then
 * jumps to the next event; of two events at one time the one planned first comes first.
 */
public final class Timeline {
  static final long MILLI = 1_000_000;
  static final long SECOND = 1_000 * MILLI;

  private record Event(long atNanos, long order, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>(1024);
  private long nowNanos;
  private long planned;
  private long happened;

  long nowNanos() {
    return nowNanos;
  }

  long nowMillis() {
    return nowNanos / MILLI;
  }

  /** Events so far. */
  long happened() {
    return happened;
  }

  void at(long atNanos, Runnable action) {
    events.add(new Event(Math.max(atNanos, nowNanos), planned++, action));
  }

  void after(long delayNanos, Runnable action) {
    at(nowNanos + delayNanos, action);
  }

  /** Lets the next event happen if it is due by {@code untilNanos}; else time is then. */
  boolean step(long untilNanos) {
    Event next = events.peek();
    if (next == null || next.atNanos > untilNanos) {
      nowNanos = untilNanos;
      return false;
    }
    events.poll();
    nowNanos = next.atNanos;
    happened++;
    next.action.run();
    return true;
  }

  void runUntil(long untilNanos) {
    while (step(untilNanos)) {
      // Events plan further events.
    }
  }
}
