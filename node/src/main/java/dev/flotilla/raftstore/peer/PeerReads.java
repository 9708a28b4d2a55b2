package dev.flotilla.raftstore.peer;

import dev.flotilla.raft.RawNode;
import dev.flotilla.raft.ReadState;
import dev.flotilla.raft.StepResult;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.storage.PeerStorage;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Reads of one replica: when its own data may be trusted, and who waits until it may.
 *
 * <p>A leader reads alone while its lease holds; otherwise, and on a follower always, a quorum
 * confirms the leader first (thesis 6.4). Either way the data must contain what was committed when
 * the read came.
 */
final class PeerReads implements RequestInspector {
  private final RawNode raft;
  private final PeerStorage storage;
  private final Clock clock;
  private final long leaseNanos;
  private final Lease lease;
  private final PendingSplits splits = new PendingSplits();
  private final ReadIndexQueue queue;

  /** Term of the last applied entry. */
  private long appliedTerm;

  PeerReads(RawNode raft, PeerStorage storage, Clock clock, long leaseNanos) {
    this.raft = raft;
    this.storage = storage;
    this.clock = clock;
    this.leaseNanos = leaseNanos;
    this.lease = new Lease(leaseNanos);
    this.queue = new ReadIndexQueue(clock.nanos());
    this.appliedTerm = storage.applyState().getCommitTerm();
  }

  /** Becoming leader; before the first message of the term leaves. */
  void onLeader() {
    lease.renew(clock.nanos());
  }

  /** Leadership is gone or was never there. */
  void onFollower(Supplier<Refusal> refusal) {
    lease.expire();
    splits.clear();
    queue.refuseAll(refusal);
  }

  /** An order to campaign is about to leave: someone may lead at any moment from now on. */
  void onTimeoutNow() {
    lease.suspend(clock.nanos());
  }

  /** A command that was proposed at {@code proposedNanos} has committed. */
  void onCommitted(long proposedNanos) {
    if (!isSplitPending()) {
      lease.renew(proposedNanos);
    }
  }

  /** A split was logged at {@code index} by this leader. */
  void onSplitProposed(long index) {
    splits.onProposed(index);
  }

  /** More is applied, the last of it of {@code term}. */
  void onApplied(long term) {
    appliedTerm = term;
    splits.onApplied(storage.appliedIndex());
  }

  long appliedTerm() {
    return appliedTerm;
  }

  @Override
  public boolean hasAppliedToCurrentTerm() {
    return appliedTerm == raft.term() && !isSplitPending();
  }

  private boolean isSplitPending() {
    return splits.isCommitted(raft.committed());
  }

  @Override
  public Lease.State inspectLease() {
    return raft.isLeader() ? lease.inspect(clock.nanos()) : Lease.State.EXPIRED;
  }

  /**
   * Lets {@code reader} wait for a round that confirms the leader.
   *
   * @return whether the lease is in doubt, so that something must be proposed to mend it
   * @throws Refusal.StaleCommand when raft takes no read now
   */
  boolean readIndex(Read reader) {
    long nowNanos = clock.nanos();
    boolean suspect = raft.isLeader() && lease.inspect(nowNanos) == Lease.State.SUSPECT;
    if (!suspect && raft.isLeader() && queue.join(reader, nowNanos, leaseNanos)) {
      return false;
    }
    if (raft.readIndex(queue.nextContext()) != StepResult.OK) {
      throw new Refusal.StaleCommand();
    }
    queue.start(nowNanos, reader);
    return suspect;
  }

  /** Raft has confirmed a round. */
  void onConfirmed(ReadState state) {
    OptionalLong startedNanos = queue.confirm(state);
    if (startedNanos.isPresent()
        && raft.isLeader()
        && !isSplitPending()
        && lease.inspect(clock.nanos()) != Lease.State.SUSPECT) {
      lease.renew(startedNanos.getAsLong());
    }
  }

  /**
   * Gives up rounds of a follower that were started before {@code nanos}: they may be lost, or
   * confirmed for entries that do not come.
   */
  void expireBefore(long nanos) {
    if (!raft.isLeader()) {
      queue.refuseStartedBefore(nanos, Refusal.StaleCommand::new);
    }
  }

  /** Whether anyone waits for more to be confirmed or applied. */
  boolean isWaiting() {
    return !queue.isEmpty();
  }

  /** Hands over whoever can be served from what is applied. */
  void takeReady(Consumer<Read> ready) {
    if (queue.isEmpty() || isSplitPending() || storage.isApplyingSnapshot()) {
      return;
    }
    if (!raft.isLeader() || hasAppliedToCurrentTerm()) {
      queue.takeReady(storage.appliedIndex(), ready);
    }
  }

  /** The replica goes away. */
  void stop(Supplier<Refusal> refusal) {
    queue.refuseAll(refusal);
  }
}
