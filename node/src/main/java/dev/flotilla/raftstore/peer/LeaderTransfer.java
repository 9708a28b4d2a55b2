package dev.flotilla.raftstore.peer;

import dev.flotilla.raft.ProgressState;
import dev.flotilla.raft.RawNode;

/** Decides whether leadership may be handed to a peer now. */
final class LeaderTransfer {
  /** Entries that the target may be behind: so few arrive before the transfer is given up. */
  private static final long LOG_LAG_MAX = 10;

  private LeaderTransfer() {}

  /** The voter besides the leader that has most of the log and was heard of lately; 0 for none. */
  static long bestTarget(RawNode raft) {
    long[] best = {0, -1};
    raft.forEachProgress(
        (id, match, next, state, active, snapshot, learner) -> {
          if (id != raft.id() && !learner && active && match > best[1]) {
            best[0] = id;
            best[1] = match;
          }
        });
    return best[0];
  }

  /**
   * Whether {@code target} can lead at once. Not while any peer waits for a snapshot: a new leader
   * would have to begin it anew.
   */
  static boolean isReady(RawNode raft, long target) {
    boolean[] ready = {false, true};
    raft.forEachProgress(
        (id, match, next, state, active, snapshot, learner) -> {
          if (id == target) {
            ready[0] = !learner && raft.lastIndex() <= match + LOG_LAG_MAX;
          }
          ready[1] &= state != ProgressState.SNAPSHOT;
        });
    return ready[0] && ready[1];
  }
}
