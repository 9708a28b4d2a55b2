package dev.flotilla.raft;

import org.jspecify.annotations.Nullable;

/** Which proposals a leader takes: how much of them, and conf changes only one at a time. */
final class ProposalGate {
  private final RaftConfig config;
  private final RaftLog log;
  private final ProgressTracker tracker;
  private final RaftTrace trace;

  private long pendingConfIndex;
  private long uncommittedBytes;

  ProposalGate(RaftConfig config, RaftLog log, ProgressTracker tracker, RaftTrace trace) {
    this.config = config;
    this.log = log;
    this.tracker = tracker;
    this.trace = trace;
  }

  /** Starts over for a new term or role. */
  void reset() {
    pendingConfIndex = 0;
    uncommittedBytes = 0;
  }

  /** Returns the index that must be applied before another conf change may be proposed. */
  long pendingConfIndex() {
    return pendingConfIndex;
  }

  /** There may be a conf change anywhere up to {@code index}. */
  void raisePendingConfIndex(long index) {
    pendingConfIndex = Math.max(pendingConfIndex, index);
  }

  /** Returns whether {@code bytes} more of payload are too many. */
  boolean exceedsLimit(long bytes) {
    // Empty entries always pass: leaving a joint configuration must not wait for room. With nothing
    // uncommitted anything passes, or a large proposal could never be made.
    if (uncommittedBytes > 0
        && bytes > 0
        && bytes > config.uncommittedBytesMax() - uncommittedBytes) {
      trace.dropsOverLimit();
      return true;
    }
    return false;
  }

  /** Counts what was appended, which may be less than what was proposed. */
  void onAppended(long bytes) {
    uncommittedBytes += bytes;
  }

  /** Payload of entries that were counted is applied. */
  void onApplied(long bytes) {
    uncommittedBytes = Math.max(0, uncommittedBytes - bytes);
  }

  /**
   * Returns the proposal if it is to be appended at {@code index}, or an empty one in its place if
   * it is a conf change at the wrong time.
   *
   * @param pendingIndex what {@link #pendingConfIndex} is by the entries before it
   */
  Entry check(Entry proposal, long pendingIndex) {
    ConfChange change = config.codec().decode(proposal.type(), proposal.data());
    String objection = objection(change, pendingIndex);
    if (objection == null || !config.confChangeValidation()) {
      return proposal;
    }
    trace.ignoresConfChange(change, tracker.config(), objection);
    return Entry.normal(0, 0, Payload.EMPTY);
  }

  private @Nullable String objection(ConfChange change, long pendingIndex) {
    // Judged by applied, not committed: a change takes effect when it is applied (thesis 4.1).
    if (pendingIndex > log.applied()) {
      return "possible unapplied conf change at index %d (applied to %d)"
          .formatted(pendingIndex, log.applied());
    }
    boolean joint = tracker.config().isJoint();
    boolean leaves = change.changes().isEmpty();
    if (joint && !leaves) {
      return "must transition out of joint config first";
    }
    return !joint && leaves ? "not in joint state; refusing empty conf change" : null;
  }
}
