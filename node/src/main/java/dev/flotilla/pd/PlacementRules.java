package dev.flotilla.pd;

import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Regions;

/**
 * What the driver aims at.
 *
 * @param replicasMax replicas of a region of users' data
 * @param storeDownNanos silence of a store after which its replicas are put elsewhere
 * @param leaderLostNanos silence of a region's leader after which the region counts as having none
 * @param sharedSettings settings that all stores must have alike, as text
 * @param recordBytesMax what is put on record of stores at once may take; the log refuses larger
 *     entries, and the driver whose write is refused is over
 */
public record PlacementRules(
    int replicasMax,
    long storeDownNanos,
    long leaderLostNanos,
    String sharedSettings,
    long recordBytesMax) {
  /** Replicas of the driver's own region, if there are as many stores. */
  private static final int SYSTEM_REPLICAS = 5;

  /** How many replicas {@code region} should have. */
  int replicas(Region region) {
    return Regions.isSystem(region) ? Math.max(replicasMax, SYSTEM_REPLICAS) : replicasMax;
  }
}
