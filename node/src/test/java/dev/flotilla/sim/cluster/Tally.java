package dev.flotilla.sim.cluster;

import java.util.Map;
import java.util.TreeMap;

/** How often what happened in a run; tells whether the run could have found anything. */
public final class Tally {
  private final Map<String, Long> counts = new TreeMap<>();

  void add(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  long of(String what) {
    return counts.getOrDefault(what, 0L);
  }

  Map<String, Long> all() {
    return counts;
  }

  @Override
  public String toString() {
    return counts.toString();
  }
}
