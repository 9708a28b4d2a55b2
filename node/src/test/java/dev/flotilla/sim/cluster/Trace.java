package dev.flotilla.sim.cluster;

import java.util.ArrayList;
import java.util.List;

/** What happened, as a hash over everything and as text for the end. */
public final class Trace {
  private static final int LINES = 4096;
  private static final long PRIME = 0x100000001B3L;

  private final Timeline timeline;
  private final String[] kinds = new String[LINES];
  private final long[][] details = new long[LINES][];
  private final long[] times = new long[LINES];
  private long count;
  private long hash = 0xCBF29CE484222325L;

  Trace(Timeline timeline) {
    this.timeline = timeline;
  }

  /** Notes an event; {@code kind} says what the numbers are. */
  void add(String kind, long... numbers) {
    int at = (int) (count++ % LINES);
    kinds[at] = kind;
    details[at] = numbers;
    times[at] = timeline.nowNanos();
    mix(kind.hashCode());
    mix(timeline.nowNanos());
    for (long number : numbers) {
      mix(number);
    }
  }

  private void mix(long number) {
    hash = (hash ^ number) * PRIME;
    hash ^= hash >>> 29;
  }

  long hash() {
    return hash;
  }

  /** The last {@code lines} events. */
  List<String> tail(int lines) {
    List<String> text = new ArrayList<>();
    for (long i = Math.max(0, count - Math.min(lines, LINES)); i < count; i++) {
      int at = (int) (i % LINES);
      StringBuilder line = new StringBuilder();
      line.append("%12.3f ms  %s".formatted(times[at] / 1e6, kinds[at]));
      for (long number : details[at]) {
        line.append(' ').append(number);
      }
      text.add(line.toString());
    }
    return text;
  }
}
