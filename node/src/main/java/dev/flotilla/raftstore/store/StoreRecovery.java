package dev.flotilla.raftstore.store;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.KeyRange;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_serverpb.PeerState;
import dev.flotilla.proto.raft_serverpb.RaftLocalState;
import dev.flotilla.proto.raft_serverpb.RegionLocalState;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.wire.RegionStates;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Brings what a crash has left on disk into a state from which peers can be made. */
final class StoreRecovery {
  private StoreRecovery() {}

  /**
   * Finishes what was interrupted: destructions, and the acceptance of snapshots.
   *
   * @param storeId this store
   * @return the regions that have a replica here
   * @throws EngineException when a region is in a state that this version cannot go on from
   */
  static List<RegionLocalState> recover(Engines engines, long storeId) {
    List<RegionLocalState> alive = new ArrayList<>();
    try (WriteBatch kv = engines.kv().newBatch();
        WriteBatch raft = engines.raft().newBatch()) {
      for (RegionLocalState state : RegionStates.loadAll(engines.kv())) {
        switch (state.getState()) {
          case Normal -> alive.add(state);
          case Applying -> {
            recoverAccepted(engines, state.getRegion().getId(), raft);
            alive.add(state);
          }
          case Tombstone -> RegionStates.clearLeftovers(engines, state, kv, raft);
          default ->
              throw new EngineException(
                  "region "
                      + state.getRegion().getId()
                      + " is in state "
                      + state.getState()
                      + ", which this version never writes");
        }
      }
      // Before anything is deleted for being in no region.
      alive.forEach(state -> checkMember(state.getRegion(), storeId));
      clearGaps(engines, alive, kv);
      // kv before raft: a tombstone must be durable before its log goes.
      if (!kv.isEmpty()) {
        engines.kv().write(kv, true);
      }
      if (!raft.isEmpty()) {
        engines.raft().write(raft, true);
      }
    }
    return alive;
  }

  private static void checkMember(Region region, long storeId) {
    Peer peer = Regions.peerOn(region, storeId);
    if (region.getId() == 0 || peer == null || peer.getId() == 0) {
      throw new EngineException(
          "state of region " + region.getId() + " names no replica on store " + storeId);
    }
  }

  /**
   * A snapshot was accepted in the kv engine, which is written first; the raft engine may not know
   * of it. Judged by the commit index: the old log may have been longer than the snapshot, by
   * entries that never committed.
   */
  private static void recoverAccepted(Engines engines, long regionId, WriteBatch raft) {
    RaftLocalState accepted = RegionStates.snapshotRaftState(engines.kv(), regionId);
    if (accepted == null) {
      throw new EngineException(
          "region " + regionId + " waits for a snapshot of which nothing is known");
    }
    RaftLocalState known = RegionStates.raftState(engines.raft(), regionId);
    if (known != null && known.getHardState().getCommit() >= accepted.getHardState().getCommit()) {
      return;
    }
    raft.deleteRange(
        Cf.DEFAULT, Keys.raftLogKey(regionId, 0), Keys.raftLogKey(regionId, Long.MAX_VALUE));
    RegionStates.putRaftState(raft, regionId, accepted);
  }

  /** Deletes what lies between the regions: the data of replicas that are gone. */
  private static void clearGaps(Engines engines, List<RegionLocalState> alive, WriteBatch kv) {
    List<Region> regions =
        alive.stream()
            .map(RegionLocalState::getRegion)
            .sorted(Comparator.comparing(Region::getStartKey, Regions::compare))
            .toList();
    byte[] from = Keys.dataRange().start();
    for (Region region : regions) {
      clearGap(engines, new KeyRange(from, Keys.dataKey(region.getStartKey().toByteArray())), kv);
      from = Keys.dataEndKey(region.getEndKey().toByteArray());
    }
    clearGap(engines, new KeyRange(from, Keys.dataRange().end()), kv);
  }

  private static void clearGap(Engines engines, KeyRange gap, WriteBatch kv) {
    if (gap.isEmpty() || isClear(engines, gap)) {
      return;
    }
    engines.kv().syncWal();
    engines.kv().deleteFilesInRange(gap);
    for (Cf cf : Cf.values()) {
      if (cf.isUserData()) {
        kv.deleteRange(cf, gap.start(), gap.end());
      }
    }
  }

  private static boolean isClear(Engines engines, KeyRange gap) {
    for (Cf cf : Cf.values()) {
      if (cf.isUserData()) {
        try (var keys = engines.kv().iterator(cf, gap)) {
          if (keys.seekToFirst()) {
            return false;
          }
        }
      }
    }
    return true;
  }

  /** Whether the region's data is still to be installed. */
  static boolean isInstalling(RegionLocalState state) {
    return state.getState() == PeerState.Applying;
  }
}
