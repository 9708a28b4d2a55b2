package dev.flotilla.raftstore.peer;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.raft_serverpb.Hibernation;
import dev.flotilla.raft.ProgressState;
import dev.flotilla.raft.RawNode;
import dev.flotilla.raftstore.storage.PeerStorage;

/**
 * Whether a replica hibernates, and whether a leader has nothing to do so that its region may.
 *
 * <p>Invariant: what hibernates has no work that waits for ticks. Its leader's lease runs out
 * meanwhile, as it does without heartbeats that are answered.
 */
final class PeerHibernation {
  private final RawNode raft;
  private final PeerStorage storage;
  private boolean hibernating;

  /** Ticks without work, of a leader. */
  private int idleTicks;

  PeerHibernation(RawNode raft, PeerStorage storage) {
    this.raft = raft;
    this.storage = storage;
  }

  boolean isOn() {
    return hibernating;
  }

  void onTick() {
    idleTicks++;
  }

  void onWork() {
    idleTicks = 0;
  }

  /** Whether there was no work for {@code ticks}; then not again before {@code again} more. */
  boolean isDue(int ticks, int again) {
    if (idleTicks < ticks) {
      return false;
    }
    idleTicks = Math.max(0, ticks - again);
    return true;
  }

  /** Whether this leader has nothing left to do, and all replicas have all that there is. */
  boolean isDone() {
    return raft.isLeader()
        && raft.committed() == raft.lastIndex()
        && raft.applied() == raft.lastIndex()
        && storage.appliedIndex() == raft.lastIndex()
        && raft.leadTransferee() == 0
        && raft.pendingReadCount() == 0
        && haveAllCaughtUp();
  }

  private boolean haveAllCaughtUp() {
    boolean[] all = {true};
    raft.forEachProgress(
        (id, match, next, state, active, snapshot, learner) ->
            all[0] &=
                match == raft.lastIndex()
                    && active
                    && (id == raft.id() || state == ProgressState.REPLICATE));
    return all[0];
  }

  /** What the others are told. */
  Hibernation state() {
    return Hibernation.newBuilder().setTerm(raft.term()).setIndex(raft.lastIndex()).build();
  }

  void begin() {
    hibernating = true;
  }

  /** Whether this replica is where its leader says that all are, and follows it. */
  boolean agrees(Peer leader, Hibernation state) {
    return !raft.isLeader()
        && raft.leaderId() == leader.getId()
        && raft.term() == state.getTerm()
        && raft.lastIndex() == state.getIndex()
        && raft.committed() == state.getIndex()
        && !raft.hasReady()
        && !raft.hasPendingSnapshot();
  }

  void end() {
    hibernating = false;
    idleTicks = 0;
  }
}
