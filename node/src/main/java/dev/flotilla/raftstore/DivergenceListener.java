package dev.flotilla.raftstore;

import dev.flotilla.proto.metapb.Region;

/** Told when replicas of a region turn out to hold different data. */
@FunctionalInterface
public interface DivergenceListener {
  /**
   * Every replica that applies {@code verdict} tells this, the one that is wrong included.
   *
   * @param region once the verdict is in effect
   */
  void onDivergence(Region region, HashVerdict verdict);
}
