package dev.flotilla.raftstore.peer;

import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raft.ProgressState;
import dev.flotilla.raft.RawNode;
import dev.flotilla.raftstore.Quarantine;
import java.util.function.LongPredicate;

/** Decides whether leadership may be handed to a peer now. */
final class LeaderTransfer {
  /** Entries that the target may be behind: so few arrive before the transfer is given up. */
  private static final long LOG_LAG_MAX = 10;

  private LeaderTransfer() {}

  /**
   * The voter that could serve, has most of the log and was heard of lately; 0 for none.
   *
   * @param isHeard whether the leader heard of a peer within an election timeout
   */
  static long bestTarget(RawNode raft, Region region, LongPredicate isHeard) {
    long[] best = {0, -1};
    raft.forEachProgress(
        (id, match, next, state, active, snapshot, learner) -> {
          if (id != raft.id()
              && !learner
              && isHeard.test(id)
              && match > best[1]
              && !Quarantine.includes(region, id)) {
            best[0] = id;
            best[1] = match;
          }
        });
    return best[0];
  }

  /**
   * Whether {@code target} can lead, and serve, at once. Not while any peer waits for a snapshot: a
   * new leader would have to begin it anew. Nor to one that may be dead, as a leader that hands
   * over refuses writes for an election timeout, and the driver knows of a death only after a
   * while.
   *
   * @param isHeard whether the leader heard of a peer within an election timeout
   */
  static boolean isReady(RawNode raft, Region region, long target, LongPredicate isHeard) {
    if (Quarantine.includes(region, target) || !isHeard.test(target)) {
      return false;
    }
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
