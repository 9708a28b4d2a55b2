package dev.flotilla.raftstore.snap;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Engine;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.EngineSnapshot;
import dev.flotilla.engine.KeyRange;
import dev.flotilla.engine.Keys;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_serverpb.PeerState;
import dev.flotilla.proto.raft_serverpb.RaftApplyState;
import dev.flotilla.proto.raft_serverpb.RaftSnapshotData;
import dev.flotilla.proto.raft_serverpb.RegionLocalState;
import dev.flotilla.proto.raft_serverpb.SnapshotMeta;
import dev.flotilla.raft.Payload;
import dev.flotilla.raft.Snapshot;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.RegionMembers;
import dev.flotilla.raftstore.snap.SnapManager.Use;
import dev.flotilla.raftstore.wire.RegionStates;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds snapshots, one after the other. Used by one thread at a time; blocks on the engine. */
public final class SnapBuilder {
  private static final Logger LOG = LoggerFactory.getLogger(SnapBuilder.class);

  /** Version of the format, as TiKV numbers it. */
  private static final int FORMAT = 2;

  private final Engine kv;
  private final SnapManager manager;
  private final RaftStoreRouter router;

  /** Regions of which it was logged that there is no room for theirs. */
  private final Set<Long> told = new HashSet<>();

  /**
   * @param router told of each snapshot, or that there is none
   */
  public SnapBuilder(Engine kv, SnapManager manager, RaftStoreRouter router) {
    this.kv = kv;
    this.manager = manager;
    this.router = router;
  }

  /** Runs {@code tasks} in order. */
  public void run(List<RegionTask.Build> tasks) {
    for (RegionTask.Build task : tasks) {
      router.send(new Msg.SnapshotBuilt(task.regionId(), build(task.regionId())));
    }
  }

  /**
   * The region as it is applied, or null when its replica is going or has no data yet, or the disk
   * has little room: whoever needs it asks again, and the engines would fail on a full one.
   */
  private @Nullable Snapshot build(long regionId) {
    try (EngineSnapshot view = kv.snapshot()) {
      RegionLocalState state = RegionStates.regionState(view, regionId);
      RaftApplyState applied = RegionStates.applyState(view, regionId);
      if (state == null || applied == null || state.getState() != PeerState.Normal) {
        return null;
      }
      SnapKey key = new SnapKey(regionId, applied.getCommitTerm(), applied.getAppliedIndex());
      manager.begin(key, Use.BUILDING);
      try {
        SnapshotMeta files = files(key, state.getRegion(), view);
        return files == null ? null : describe(key, state.getRegion(), applied, files);
      } finally {
        manager.end(key, Use.BUILDING);
      }
    }
  }

  private boolean takeRoom(Region region, long bytes) {
    if (manager.takeRoom(bytes)) {
      told.remove(region.getId());
      return true;
    }
    if (told.add(region.getId())) {
      LOG.warn(
          "no snapshot of region {} is built: the disk has little room for {} bytes",
          region.getId(),
          bytes);
    }
    return false;
  }

  private @Nullable SnapshotMeta files(SnapKey key, Region region, EngineSnapshot view) {
    SnapFile snap = manager.file(key, Use.BUILDING);
    SnapshotMeta there = snap.readMeta();
    if (there != null && snap.matches(there)) {
      return there;
    }
    snap.delete();
    KeyRange range =
        Keys.dataRange(region.getStartKey().toByteArray(), region.getEndKey().toByteArray());
    long bytes = kv.approximateBytes(range);
    if (!takeRoom(region, bytes)) {
      return null;
    }
    try {
      SnapshotMeta.Builder meta = SnapshotMeta.newBuilder();
      for (Cf cf : SnapFile.FAMILIES) {
        kv.export(view, cf, range, snap.family(cf));
        meta.addCfFiles(snap.describe(cf));
      }
      SnapshotMeta built = meta.build();
      snap.complete(built);
      return built;
    } catch (IOException e) {
      throw new EngineException("snapshot " + key + " cannot be built", e);
    } finally {
      manager.giveRoom(bytes);
    }
  }

  private static Snapshot describe(
      SnapKey key, Region region, RaftApplyState applied, SnapshotMeta meta) {
    RaftSnapshotData data =
        RaftSnapshotData.newBuilder()
            .setRegion(region)
            .setFileSize(SnapFile.bytes(meta))
            .setVersion(FORMAT)
            .setMeta(meta)
            .setLastProposedAt(applied.getLastProposedAt())
            .build();
    return new Snapshot(
        new dev.flotilla.raft.SnapshotMeta(
            key.index(), key.term(), RegionMembers.confState(region)),
        Payload.of(data.toByteArray()));
  }
}
