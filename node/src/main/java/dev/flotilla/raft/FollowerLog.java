package dev.flotilla.raft;

/** What a replica answers to appends and heartbeats of its leader. */
final class FollowerLog {
  private final RaftLog log;
  private final Outbox outbox;
  private final RaftTrace trace;

  FollowerLog(RaftLog log, Outbox outbox, RaftTrace trace) {
    this.log = log;
    this.outbox = outbox;
    this.trace = trace;
  }

  void onAppend(Message m) {
    Message answer = new Message(MsgType.APPEND_RESPONSE, m.from);
    if (m.index < log.committed()) {
      // Late: all of it is committed here, and so is what we answer.
      answer.index = log.committed();
    } else {
      long last = log.maybeAppend(m.logTerm, m.index, m.entries, m.commit);
      if (last >= 0) {
        answer.index = last;
      } else {
        reject(m, answer);
      }
    }
    outbox.send(answer);
  }

  private void reject(Message m, Message answer) {
    trace.rejectsAppend(log, m);
    // Entries of a later term than the leader asks about cannot be the leader's: skip all of them.
    long hint = log.findConflictByTerm(Math.min(m.index, log.lastIndex()), m.logTerm);
    answer.index = m.index;
    answer.reject = true;
    answer.rejectHint = hint;
    answer.logTerm = log.termOrZero(hint);
  }

  void onHeartbeat(Message m) {
    log.commitTo(m.commit);
    Message answer = new Message(MsgType.HEARTBEAT_RESPONSE, m.from);
    answer.context = m.context;
    outbox.send(answer);
  }
}
