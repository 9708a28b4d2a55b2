package dev.flotilla.raft;

/**
 * Hands leadership to another voter (thesis 3.10): bring its log up to date, then let it campaign.
 */
final class LeaderTransfer {
  private final RaftConfig config;
  private final RaftLog log;
  private final Outbox outbox;
  private final Replicator replicator;
  private final RaftTrace trace;

  private long transferee;

  /**
   * An order to campaign has left in this term. It may arrive late, and the election it starts
   * ignores leases, so this leader cannot trust its lease again.
   */
  private boolean leaseSuspect;

  LeaderTransfer(
      RaftConfig config, RaftLog log, Outbox outbox, Replicator replicator, RaftTrace trace) {
    this.config = config;
    this.log = log;
    this.outbox = outbox;
    this.replicator = replicator;
    this.trace = trace;
  }

  /** Returns who is to lead; 0 for nobody. */
  long transferee() {
    return transferee;
  }

  boolean isLeaseSuspect() {
    return leaseSuspect;
  }

  /** Gives up; what was sent may still arrive. */
  void abort() {
    transferee = 0;
  }

  /** Starts over for a new term or role. */
  void reset() {
    transferee = 0;
    leaseSuspect = false;
  }

  /** Starts a transfer; returns whether it began, so that its deadline runs from now. */
  boolean begin(Progress peer) {
    long term = outbox.term;
    if (peer.isLearner) {
      trace.ignoresTransferToLearner();
      return false;
    }
    if (transferee == peer.id) {
      // Not again from the start: the deadline would move on.
      trace.ignoresRepeatedTransfer(term, peer.id);
      return false;
    }
    if (transferee != 0) {
      trace.transfer(term, "abort previous transferring leadership to", transferee);
      transferee = 0;
    }
    if (peer.id == config.id()) {
      trace.ignoresTransferToSelf();
      return false;
    }
    trace.transfer(term, "starts to transfer leadership to", peer.id);
    transferee = peer.id;
    if (peer.match == log.lastIndex()) {
      sendTimeoutNow(false);
    } else {
      peer.flowPaused = false;
      replicator.maybeSendAppend(peer, true);
    }
    return true;
  }

  /** A peer has acknowledged: it may be the one, and complete. */
  void onAcknowledged(Progress peer) {
    if (peer.id == transferee && peer.match == log.lastIndex()) {
      sendTimeoutNow(true);
    }
  }

  private void sendTimeoutNow(boolean afterAck) {
    leaseSuspect = true;
    trace.sendsTimeoutNow(transferee, afterAck);
    outbox.send(new Message(MsgType.TIMEOUT_NOW, transferee));
  }
}
