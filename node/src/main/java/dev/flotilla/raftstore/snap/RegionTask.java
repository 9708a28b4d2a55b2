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
   * Delete the data of a range that no region here covers any more.
   *
   * @param range of data keys
   */
  record Clear(KeyRange range) implements RegionTask {}
}
