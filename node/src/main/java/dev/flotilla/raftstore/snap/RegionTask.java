package dev.flotilla.raftstore.snap;

import dev.flotilla.engine.KeyRange;
import dev.flotilla.proto.metapb.Region;

/** Work on the data of whole regions. One worker does it, in order. */
public sealed interface RegionTask {
  /**
   * Build a snapshot of the region as it is applied. The answer is {@link
   * dev.flotilla.raftstore.Msg.SnapshotBuilt}.
   */
  record Build(long regionId) implements RegionTask {}

  /**
   * Put a received snapshot in place of the region's data. The answer is {@link
   * dev.flotilla.raftstore.Msg.SnapshotInstalled}.
   *
   * @param peerId replica that gets it
   * @param region as of the snapshot
   */
  record Install(Region region, long peerId, SnapKey key, InstallJob job) implements RegionTask {}

  /**
   * Keep a copy of the data of a replica that is out of service, for people to look at. What clears
   * or replaces the data comes later, by this same worker.
   *
   * @param region as of the verdict
   * @param why what is written beside the data
   */
  record Keep(Region region, long peerId, long storeId, String why) implements RegionTask {}

  /**
   * Delete the data of a range that no region here covers any more.
   *
   * @param range of data keys
   */
  record Clear(KeyRange range) implements RegionTask {}
}
