package dev.flotilla.raftstore.store;

import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.proto.raft_serverpb.PeerState;
import dev.flotilla.proto.raft_serverpb.RegionLocalState;
import dev.flotilla.raftstore.storage.RegionStates;
import java.util.ArrayList;
import java.util.List;

/** Brings what a crash has left on disk into a state from which peers can be made. */
final class StoreRecovery {
  private StoreRecovery() {}

  /**
   * Finishes destructions that were interrupted.
   *
   * @return the regions that have a replica here
   * @throws EngineException when a region is in a state that this version cannot go on from
   */
  static List<RegionLocalState> recover(Engines engines) {
    List<RegionLocalState> alive = new ArrayList<>();
    try (WriteBatch kv = engines.kv().newBatch();
        WriteBatch raft = engines.raft().newBatch()) {
      for (RegionLocalState state : RegionStates.loadAll(engines.kv())) {
        if (state.getState() == PeerState.Normal) {
          alive.add(state);
        } else if (state.getState() == PeerState.Tombstone) {
          RegionStates.clearLeftovers(engines, state, kv, raft);
        } else {
          throw new EngineException(
              "region "
                  + state.getRegion().getId()
                  + " is in state "
                  + state.getState()
                  + ", which this version never writes");
        }
      }
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
}
