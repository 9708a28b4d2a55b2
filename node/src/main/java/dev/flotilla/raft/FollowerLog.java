package dev.flotilla.raft;

/** What a replica answers to appends and heartbeats of its leader. */
final class FollowerLog {
  private final RaftConfig config;
  private final RaftLog log;
  private final Outbox outbox;
  private final RaftTrace trace;

  /** Index that the snapshot asked for has to reach; 0 if none is asked for. */
  private long requested;

  /** Whether it is asked for until it is there, of every leader. */
  private boolean awaiting;

  FollowerLog(RaftConfig config, RaftLog log, Outbox outbox, RaftTrace trace) {
    this.config = config;
    this.log = log;
    this.outbox = outbox;
    this.trace = trace;
  }

  void onAppend(Message m) {
    if (requested != 0) {
      sendRequest(m.from);
    } else if (m.index < log.committed()) {
      // Late: all of it is committed here, and so is what we answer.
      answer(m.from, log.committed());
    } else {
      long last = log.maybeAppend(m.logTerm, m.index, m.entries, m.commit);
      if (last >= 0) {
        answer(m.from, last);
      } else {
        reject(m);
      }
    }
  }

  /** Acknowledges the log up to {@code index}. */
  void answer(long to, long index) {
    Message answer = new Message(MsgType.APPEND_RESPONSE, to);
    answer.index = index;
    tellCommit(answer);
    outbox.send(answer);
  }

  private void tellCommit(Message answer) {
    if (config.commitTracking()) {
      answer.commit = log.committed();
    }
  }

  private void reject(Message m) {
    trace.rejectsAppend(log, m);
    // Entries of a later term than the leader asks about cannot be the leader's: skip all of them.
    long hint = log.findConflictByTerm(Math.min(m.index, log.lastIndex()), m.logTerm);
    Message answer = new Message(MsgType.APPEND_RESPONSE, m.from);
    answer.index = m.index;
    answer.reject(hint);
    answer.logTerm = log.termOrZero(hint);
    outbox.send(answer);
  }

  void onHeartbeat(Message m) {
    log.commitTo(m.commit);
    if (requested != 0) {
      sendRequest(m.from);
      return;
    }
    Message answer = new Message(MsgType.HEARTBEAT_RESPONSE, m.from);
    answer.context(m.context());
    tellCommit(answer);
    outbox.send(answer);
  }

  // Snapshots on request.

  /** Asks {@code leader} for a snapshot; returns false if one may not be asked for. */
  boolean requestSnapshot(long leader) {
    boolean may =
        config.snapshotRequests()
            && requested == 0
            && log.unstable().snapshot() == null
            // Else the log may still be cut, and what it reaches now says nothing.
            && log.lastTerm() == outbox.term;
    if (may) {
      requested = log.lastIndex();
      sendRequest(leader);
    }
    return may;
  }

  /** From now on asks every leader for a snapshot, and takes nothing else. */
  void awaitSnapshot() {
    Invariants.check(
        log.lastIndex() == log.committed(),
        "log goes on to %d after %d, which a snapshot is to replace",
        log.lastIndex(),
        log.committed());
    requested = log.committed();
    awaiting = true;
  }

  /** Whether the state that the log begins with is to come with a snapshot. */
  boolean isAwaiting() {
    return awaiting;
  }

  /** Answers a snapshot that does not replace the log. */
  void onSnapshotIgnored(Message m) {
    if (requested != 0) {
      sendRequest(m.from);
    } else {
      answer(m.from, log.committed());
    }
  }

  private void sendRequest(long leader) {
    Message request = new Message(MsgType.APPEND_RESPONSE, leader);
    request.index = log.committed();
    request.reject(log.lastIndex());
    request.logTerm = log.lastTerm();
    request.requestSnapshot(requested);
    outbox.send(request);
  }

  /**
   * Returns whether the log is to be replaced by a snapshot, which it is not if it has all that the
   * snapshot stands for; then at least the commit index may move.
   */
  boolean replacesLog(Snapshot snapshot) {
    boolean wanted = requested != 0 && snapshot.index() >= requested;
    if (snapshot.index() < log.committed() || (snapshot.index() == log.committed() && !wanted)) {
      return false;
    }
    if (!snapshot.meta().confState().contains(config.id())) {
      trace.refusesSnapshot(snapshot.meta().confState());
      return false;
    }
    if (!wanted && log.matches(snapshot.term(), snapshot.index())) {
      // Replacing it would lose acknowledged entries behind it.
      trace.snapshot(log.committed(), log, "fast-forwarded commit to snapshot", snapshot);
      log.commitTo(snapshot.index());
      return false;
    }
    return true;
  }

  /** A term ends, and with it what was asked for only once. */
  void onTermEnded() {
    if (!awaiting) {
      requested = 0;
    }
  }

  /** The log was replaced by a snapshot. */
  void onRestored() {
    requested = 0;
    awaiting = false;
  }
}
