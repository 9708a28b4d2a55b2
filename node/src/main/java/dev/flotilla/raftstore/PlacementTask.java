package dev.flotilla.raftstore;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;

/** What a store reports to the placement driver. */
public sealed interface PlacementTask {
  /**
   * This store leads the region and serves it: an entry of its term has been applied.
   *
   * @param region as this leader sees it
   * @param leader this store's peer
   * @param term raft term of the leadership
   * @param approximateBytes size of the region's data, roughly; 0 when unknown
   */
  record Leads(Region region, Peer leader, long term, long approximateBytes)
      implements PlacementTask {}

  /** This store led the region in {@code term} and does so no more. */
  record Lost(long regionId, long term) implements PlacementTask {}

  /**
   * How the store is doing.
   *
   * @param regionCount replicas here
   * @param leaderCount those that lead
   */
  record StoreStats(int regionCount, int leaderCount) implements PlacementTask {}
}
