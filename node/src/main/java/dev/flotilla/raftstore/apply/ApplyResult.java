package dev.flotilla.raftstore.apply;

import dev.flotilla.proto.raft_serverpb.RaftApplyState;
import dev.flotilla.raftstore.Msg;
import java.util.List;

/** What an apply worker tells the store loop, after the write it speaks of. */
public sealed interface ApplyResult extends Msg.ApplyOutcome {
  /** Gives back what this holds; for whoever does not take it in. */
  default void discard() {}

  /**
   * Entries of one region were applied.
   *
   * @param applyState how far the region has applied now
   * @param appliedTerm term of the entry at the applied index
   * @param results outcomes of admin commands, in log order
   * @param awaited whether the store loop wants to know at once
   */
  record Applied(
      long regionId,
      long peerId,
      RaftApplyState applyState,
      long appliedTerm,
      List<ExecResult> results,
      ApplyMetrics metrics,
      boolean awaited)
      implements ApplyResult {
    /** Results change what the region is; what nobody awaits else is a position alone. */
    @Override
    public boolean mayWait() {
      return !awaited && results.isEmpty();
    }

    @Override
    public void discard() {
      results.forEach(ExecResult::discard);
    }
  }

  /**
   * All that the worker had of a region when it was asked is applied. That it wakes the store loop
   * is all that is wanted, for how far the region is was said before: a position said again could
   * come when a snapshot has put the region beyond it.
   */
  record CaughtUp(long regionId) implements ApplyResult {
    @Override
    public boolean mayWait() {
      return false;
    }
  }

  /** Nothing of this peer is left in the worker: its data may be deleted. */
  record Destroyed(long regionId, long peerId) implements ApplyResult {
    @Override
    public boolean mayWait() {
      return false;
    }
  }
}
