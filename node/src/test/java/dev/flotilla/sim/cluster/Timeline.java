package dev.flotilla.sim.cluster;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time and what is to happen in it. Time stands still while something happens and then
 * jumps to the next event; of two events at one time the one planned first comes first. What
 * happens may let further events happen before its own end, and time go on with them.
 */
public final class Timeline {
  static final long MILLI = 1_000_000;
  static final long SECOND = 1_000 * MILLI;

  private static final int CHILDREN = 4;

  /** A heap with four children a node: when, in which order, and what; never holds boxes. */
  private long[] times = new long[1024];

  private long[] orders = new long[1024];
  private @Nullable Runnable[] actions = new Runnable[1024];
  private int size;
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
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      orders = Arrays.copyOf(orders, size * 2);
      actions = Arrays.copyOf(actions, size * 2);
    }
    long time = Math.max(atNanos, nowNanos);
    int at = size++;
    while (at > 0) {
      int parent = (at - 1) / CHILDREN;
      // An equal time was planned earlier, so it stays in front.
      if (times[parent] <= time) {
        break;
      }
      move(parent, at);
      at = parent;
    }
    put(at, time, planned++, action);
  }

  private void move(int from, int to) {
    times[to] = times[from];
    orders[to] = orders[from];
    actions[to] = actions[from];
  }

  private void put(int at, long time, long order, @Nullable Runnable action) {
    times[at] = time;
    orders[at] = order;
    actions[at] = action;
  }

  private boolean isBefore(int one, int other) {
    return times[one] < times[other] || (times[one] == times[other] && orders[one] < orders[other]);
  }

  private void removeFirst() {
    int last = --size;
    int at = 0;
    for (int first = 1; first < last; first = at * CHILDREN + 1) {
      int least = first;
      for (int i = first + 1; i < Math.min(first + CHILDREN, last); i++) {
        if (isBefore(i, least)) {
          least = i;
        }
      }
      if (isBefore(last, least)) {
        break;
      }
      move(least, at);
      at = least;
    }
    move(last, at);
    actions[last] = null;
  }

  void after(long delayNanos, Runnable action) {
    at(nowNanos + delayNanos, action);
  }

  /** Lets the next event happen if it is due by {@code untilNanos}; else time is then. */
  boolean step(long untilNanos) {
    Runnable next = actions[0];
    if (next == null || times[0] > untilNanos) {
      nowNanos = Math.max(nowNanos, untilNanos);
      return false;
    }
    nowNanos = times[0];
    removeFirst();
    happened++;
    next.run();
    return true;
  }

  void runUntil(long untilNanos) {
    while (step(untilNanos)) {
      // Events plan further events.
    }
  }
}
