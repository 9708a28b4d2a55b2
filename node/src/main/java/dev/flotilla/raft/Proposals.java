package dev.flotilla.raft;

import org.jspecify.annotations.Nullable;

/** What a leader appends: how much of it, conf changes only one at a time, and when nothing. */
final class Proposals {
  private final RaftConfig config;
  private final RaftLog log;
  private final ProgressTracker tracker;
  private final Outbox outbox;
  private final Replicator replicator;
  private final LeaderTransfer transfer;
  private final RaftTrace trace;

  private long pendingConfIndex;
  private long uncommittedBytes;

  Proposals(
      RaftConfig config,
      RaftLog log,
      ProgressTracker tracker,
      Outbox outbox,
      Replicator replicator,
      LeaderTransfer transfer,
      RaftTrace trace) {
    this.config = config;
    this.log = log;
    this.tracker = tracker;
    this.outbox = outbox;
    this.replicator = replicator;
    this.transfer = transfer;
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

  /** Returns whether this leader takes no proposals now. */
  boolean refusesAll() {
    if (tracker.self() == null) {
      // Removed, and still in office: nobody would count what it appends.
      return true;
    }
    if (transfer.transferee() != 0) {
      trace.dropsInTransfer(transfer.transferee(), outbox.term);
      return true;
    }
    return false;
  }

  /** Appends what is proposed, all of it or nothing. */
  StepResult propose(EntryList entries) {
    Invariants.check(!entries.isEmpty(), "a proposal without entries");
    if (refusesAll()) {
      return StepResult.PROPOSAL_DROPPED;
    }
    long confIndex = pendingConfIndex;
    Entry[] checked = new Entry[entries.size()];
    for (int i = 0; i < checked.length; i++) {
      checked[i] = entries.get(i);
      if (checked[i].type().isConfChange()) {
        checked[i] = check(checked[i], confIndex);
        if (checked[i].type().isConfChange()) {
          confIndex = log.lastIndex() + i + 1;
        }
      }
    }
    // Of what is really appended: an entry that became empty would never be given back.
    long bytes = EntryList.of(checked).payloadSize();
    if (exceedsLimit(bytes)) {
      return StepResult.PROPOSAL_DROPPED;
    }
    raisePendingConfIndex(confIndex);
    for (Entry entry : checked) {
      append(entry.type(), entry.data(), entry.context());
    }
    finish(bytes);
    return StepResult.OK;
  }

  /** Appends an entry of this leader; {@link #finish} must follow. */
  void append(EntryType type, Payload data, Payload context) {
    log.append(new Entry(outbox.term, log.lastIndex() + 1, type, data, context));
  }

  /**
   * Acknowledges and sends what was appended.
   *
   * @param bytes payload in all, which may be less than what was proposed
   */
  void finish(long bytes) {
    uncommittedBytes += bytes;
    outbox.ackSelf(log.lastIndex());
    replicator.broadcastAppend();
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
  private Entry check(Entry proposal, long pendingIndex) {
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
