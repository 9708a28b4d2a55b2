package dev.flotilla.raftstore.apply;

import dev.flotilla.proto.raft_serverpb.RaftApplyState;
import dev.flotilla.proto.raft_serverpb.RaftTruncatedState;
import dev.flotilla.raftstore.Invariants;

/**
 * How far one region has applied. Invariants: entries apply in log order, none skipped or twice;
 * terms and stamps never go back.
 */
final class ApplyPosition {
  private long appliedIndex;
  private long appliedTerm;
  private long stampMillis;
  private RaftTruncatedState truncated;

  ApplyPosition(RaftApplyState state, long appliedTerm) {
    this.appliedIndex = state.getAppliedIndex();
    this.appliedTerm = appliedTerm;
    this.stampMillis = state.getLastProposedAt();
    this.truncated = state.getTruncatedState();
  }

  void advance(long index, long term) {
    Invariants.check(index == appliedIndex + 1, "entry out of order", appliedIndex + 1, index);
    Invariants.check(term >= appliedTerm, "term went back", appliedTerm, term);
    appliedIndex = index;
    appliedTerm = term;
  }

  /** The time at which a command with this stamp takes effect: never before an earlier one's. */
  long advanceStamp(long proposedAtMillis) {
    stampMillis = Math.max(stampMillis, proposedAtMillis);
    return stampMillis;
  }

  void truncate(RaftTruncatedState to) {
    truncated = to;
  }

  long appliedIndex() {
    return appliedIndex;
  }

  long appliedTerm() {
    return appliedTerm;
  }

  /** Time of the last command, unix milliseconds. */
  long stampMillis() {
    return stampMillis;
  }

  RaftTruncatedState truncated() {
    return truncated;
  }

  /** What recovery needs; applied entries were committed, so they carry the commit position too. */
  RaftApplyState toState() {
    return RaftApplyState.newBuilder()
        .setAppliedIndex(appliedIndex)
        .setCommitIndex(appliedIndex)
        .setCommitTerm(appliedTerm)
        .setLastProposedAt(stampMillis)
        .setTruncatedState(truncated)
        .build();
  }
}
