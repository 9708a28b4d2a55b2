package dev.flotilla.raft;

/** How a leader's commit index moves, and whom it tells. */
final class LeaderCommit {
  private final RaftConfig config;
  private final RaftLog log;
  private final ProgressTracker tracker;
  private final Outbox outbox;
  private final Replicator replicator;
  private final Proposals proposals;
  private final LeaderTransfer transfer;
  private final LeaderReads reads;

  LeaderCommit(
      RaftConfig config,
      RaftLog log,
      ProgressTracker tracker,
      Outbox outbox,
      Replicator replicator,
      Proposals proposals,
      LeaderTransfer transfer,
      LeaderReads reads) {
    this.config = config;
    this.log = log;
    this.tracker = tracker;
    this.outbox = outbox;
    this.replicator = replicator;
    this.proposals = proposals;
    this.transfer = transfer;
    this.reads = reads;
  }

  /** Commits what a quorum holds; returns whether that was more than before. */
  boolean maybeCommit() {
    long index = tracker.committed();
    // Thesis 3.6.2: an entry of an older term may be on a quorum and still be replaced.
    if (index <= log.committed() || !log.matches(outbox.term, index)) {
      return false;
    }
    log.commitTo(index);
    reads.onCommitInTerm(!transfer.isLeaseSuspect());
    return true;
  }

  private boolean broadcasts() {
    // A pending conf change takes effect where it is applied: do not let followers lag behind.
    return !config.skipBcastCommit() || proposals.pendingConfIndex() > log.applied();
  }

  /** This leader's own log is durable up to {@code index}. */
  void onOwnAck(Progress self, long index) {
    self.recentActive = true;
    if (replicator.onAppendAccepted(self, index) && maybeCommit() && broadcasts()) {
      replicator.broadcastAppend();
    }
  }

  /**
   * Takes the commit index of a peer whose state is lost, where its log ends. It acknowledges
   * nothing before it has a snapshot of that place, of which a leader that does not know it to be
   * committed has none; where its quorum takes that peer, it would never know.
   */
  private void commitByRequest(Message m) {
    boolean endsCommitted = m.requestSnapshot() != 0 && m.rejectHint() == m.index;
    if (config.snapshotRequests()
        && endsCommitted
        && m.index > log.committed()
        && log.matches(m.logTerm, m.index)) {
      log.commitTo(m.index);
    }
  }

  /** Takes a peer's answer to an append or a snapshot. */
  void onAppendResponse(Progress peer, Message m) {
    peer.recentActive = true;
    if (m.reject()) {
      commitByRequest(m);
      replicator.onAppendRejected(peer, m);
      return;
    }
    peer.told(m.commit);
    if (!replicator.onAppendAccepted(peer, m.index)) {
      return;
    }
    if (maybeCommit()) {
      if (broadcasts()) {
        replicator.broadcastAppend();
      }
    } else if (broadcasts() && peer.canBumpCommit(log.committed())) {
      // It acknowledged after the broadcast had been held back or cut short.
      replicator.maybeSendAppend(peer, true);
    }
    boolean sent = true;
    while (sent) {
      sent = replicator.maybeSendAppend(peer, false);
    }
    transfer.onAcknowledged(peer);
  }
}
