package dev.flotilla.raftstore;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.pdpb.PeerStats;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a store reports to the placement driver. */
public sealed interface PlacementTask {
  /**
   * This store leads the region and serves it: an entry of its term has been applied.
   *
   * @param region as this leader sees it
   * @param leader this store's peer
   * @param term raft term of the leadership
   * @param approximateBytes size of the region's data, roughly; 0 when unknown
   * @param downPeers replicas that have been silent for long
   * @param pendingPeers replicas that need a snapshot
   */
  record Leads(
      Region region,
      Peer leader,
      long term,
      long approximateBytes,
      List<PeerStats> downPeers,
      List<Peer> pendingPeers)
      implements PlacementTask {}

  /** This store led the region in {@code term} and does so no more. */
  record Lost(long regionId, long term) implements PlacementTask {}

  /**
   * The region is to be cut: ids are wanted for the new parts, and then the command is to be sent.
   *
   * @param region as its leader sees it
   * @param leader this store's peer
   * @param splitKeys user keys, ascending
   * @param rightDerive whether the right part keeps the id
   * @param callback answered once, or null
   */
  record AskSplit(
      Region region,
      Peer leader,
      List<ByteString> splitKeys,
      boolean rightDerive,
      @Nullable Callback callback)
      implements PlacementTask {}

  /** This replica has had no leader for long: does it still belong to its region? */
  record ValidatePeer(Region region, Peer peer) implements PlacementTask {}

  /**
   * What the driver told this leader to do was refused: by a plugin, or for whatever reason if it
   * was told once.
   *
   * @param once whether the order was given once, and is no step that comes again
   * @param text what was refused, by whom and why, for people
   */
  record OrderRefused(long regionId, boolean once, String text) implements PlacementTask {}

  /**
   * How the store is doing.
   *
   * @param regionCount replicas here
   * @param leaderCount those that lead
   * @param sendingSnapshots being built or sent
   * @param receivingSnapshots being received or installed
   * @param busy whether the loop could not keep up since the last report
   */
  record StoreStats(
      int regionCount, int leaderCount, int sendingSnapshots, int receivingSnapshots, boolean busy)
      implements PlacementTask {}
}
