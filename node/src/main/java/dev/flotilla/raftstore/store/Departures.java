package dev.flotilla.raftstore.store;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Regions whose replica went before it had data, the newest of them. Only a split that was on its
 * way through an apply worker at that moment may bring one of them, so soon or not at all.
 */
final class Departures {
  /** More than go while a split is on its way. */
  static final int MAX = 65_536;

  /** Oldest first. */
  private final Set<Long> regions = new LinkedHashSet<>();

  void add(long regionId) {
    regions.remove(regionId);
    regions.add(regionId);
    if (regions.size() > MAX) {
      regions.remove(regions.iterator().next());
    }
  }

  /** Forgets a region; returns whether its replica had gone. */
  boolean remove(long regionId) {
    return regions.remove(regionId);
  }
}
