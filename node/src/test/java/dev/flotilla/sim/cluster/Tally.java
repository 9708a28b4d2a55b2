package dev.flotilla.sim.cluster;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** How often what happened in a run; tells whether the run could have found anything. */
public final class Tally {
  private final Map<String, long[]> counts = new HashMap<>();

  void add(String what) {
    counts.computeIfAbsent(what, unseen -> new long[1])[0]++;
  }

  long of(String what) {
    long[] count = counts.get(what);
    return count == null ? 0 : count[0];
  }

  Map<String, Long> all() {
    Map<String, Long> all = new TreeMap<>();
    counts.forEach((what, count) -> all.put(what, count[0]));
    return all;
  }

  @Override
  public String toString() {
    return all().toString();
  }
}
