package dev.flotilla.raft;

/**
 * Fills the {@link Ready} of a replica and takes the report that it is done.
 *
 * <p>Invariant, without asynchronous storage writes: at most one Ready is out, from {@link #next}
 * to {@link #advanceAppend}. What its write proves is kept with the term it was begun in.
 */
final class ReadyCycle {
  private final Raft raft;
  private final boolean async;
  private final Ready ready = new Ready();
  private final ApplyLedger ledger = new ApplyLedger();

  // What the last Ready said, so that hasReady compares and allocates nothing.
  private Role prevRole;
  private long prevLeader;
  private long prevTerm;
  private long prevVote;
  private long prevCommit;

  // Unused with asynchronous storage writes.
  private final PendingWrite write = new PendingWrite();
  private boolean advancing;

  ReadyCycle(Raft raft) {
    this.raft = raft;
    async = raft.config.asyncStorageWrites();
    prevRole = raft.role;
    prevLeader = raft.leader;
    prevTerm = raft.term;
    prevVote = raft.vote;
    prevCommit = raft.log.committed();
  }

  /** Returns whether there is anything to do. */
  boolean hasNext() {
    return !raft.outbox.isEmpty()
        || prevRole != raft.role
        || prevLeader != raft.leader
        || hardStateChanged()
        || raft.log.unstable().hasNextEntries()
        || raft.log.unstable().nextSnapshot() != null
        || raft.log.hasNextCommitted(!async)
        || raft.reads.hasStates();
  }

  private boolean hardStateChanged() {
    return prevTerm != raft.term || prevVote != raft.vote || prevCommit != raft.log.committed();
  }

  /** Returns what is to be done, once. */
  Ready next() {
    Invariants.check(!advancing, "the last Ready was not advanced");
    RaftLog log = raft.log;
    Unstable unstable = log.unstable();
    ready.number++;
    ready.softState =
        prevRole != raft.role || prevLeader != raft.leader
            ? new SoftState(raft.leader, raft.role)
            : null;
    ready.hardState(hardStateChanged(), raft.term, raft.vote, log.committed());
    ready.entries = log.nextUnstable();
    ready.snapshot = unstable.nextSnapshot();
    ready.committedEntries = log.nextCommitted(!async);
    // A commit index alone can be found again after a crash; votes and entries cannot.
    ready.voteOrTermChanged = prevTerm != raft.term || prevVote != raft.vote;
    ready.mustSync = !ready.entries.isEmpty() || ready.snapshot != null || ready.voteOrTermChanged;
    ready.readStates = raft.reads.takeStates();
    takeMessages();
    prevRole = raft.role;
    prevLeader = raft.leader;
    prevTerm = raft.term;
    prevVote = raft.vote;
    prevCommit = log.committed();
    unstable.acceptInProgress();
    EntryList page = ready.committedEntries;
    if (!page.isEmpty()) {
      long bytes = page.encodedSize();
      log.acceptApplying(page.last().index(), bytes, !async);
      if (!async) {
        ledger.add(page.last().index(), bytes, raft.ownPayload(page));
      }
    }
    return ready;
  }

  private void takeMessages() {
    Outbox outbox = raft.outbox;
    MessageBatch sent = ready.messages;
    sent.clear();
    ready.messages = outbox.messages;
    outbox.messages = sent;
    raft.reads.onMessagesLeft();
    ready.messagesAfterPersist.clear();
    if (async) {
      StorageMessages.addTo(ready, raft);
    } else {
      advancing = true;
      write.begin(raft, ready);
    }
    outbox.afterPersist.clear();
  }

  /** The write of the Ready that is out is durable. */
  void advanceAppend(Ready done) {
    Invariants.check(!async, "with asynchronous storage writes, responses advance");
    Invariants.check(advancing && done == ready, "there is no such Ready to advance");
    advancing = false;
    Snapshot snapshot = ready.snapshot;
    write.complete(raft, snapshot);
    if (snapshot != null) {
      // It stands for pages that are still out: nobody will report those, and they must not go on
      // counting against the limit.
      ledger.applyTo(snapshot.index());
      raft.onApplied(snapshot.index(), ledger.takeBytes(), ledger.takePayloadBytes());
    }
  }

  /** Entries up to {@code index} are applied. */
  void advanceApplyTo(long index) {
    Invariants.check(!async, "with asynchronous storage writes, responses advance");
    if (index > raft.log.applied()) {
      Invariants.check(
          index <= raft.log.applying(),
          "applied %d was not handed out, only %d",
          index,
          raft.log.applying());
      ledger.applyTo(index);
      raft.onApplied(index, ledger.takeBytes(), ledger.takePayloadBytes());
    }
  }
}
