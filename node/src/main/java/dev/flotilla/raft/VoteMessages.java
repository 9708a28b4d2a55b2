package dev.flotilla.raft;

/** Builds and sends the messages of an election. */
final class VoteMessages {
  private static final Payload TRANSFER_CONTEXT = Payload.ofUtf8("CampaignTransfer");

  private final RaftConfig config;
  private final RaftLog log;
  private final ProgressTracker tracker;
  private final Outbox outbox;
  private final RaftTrace trace;

  VoteMessages(
      RaftConfig config, RaftLog log, ProgressTracker tracker, Outbox outbox, RaftTrace trace) {
    this.config = config;
    this.log = log;
    this.tracker = tracker;
    this.outbox = outbox;
    this.trace = trace;
  }

  /** Returns whether a request comes from an election that the leader itself has ordered. */
  static boolean isByTransfer(Message request) {
    return request.context().equals(TRANSFER_CONTEXT);
  }

  /** Asks all voters of both halves, this replica included. */
  void request(boolean pre, boolean byTransfer, long priority) {
    long voteTerm = pre ? outbox.term + 1 : outbox.term;
    MsgType type = pre ? MsgType.PRE_VOTE : MsgType.VOTE;
    for (int i = 0; i < tracker.size(); i++) {
      long id = tracker.at(i).id;
      if (id == config.id()) {
        // Like any other vote, one's own counts only once it is durable.
        outbox.sendVote(new Message(responseTo(type), id), voteTerm);
      } else if (tracker.isVoter(id)) {
        trace.asksVote(log, type, id, outbox.term);
        Message message = new Message(type, id);
        message.index = log.lastIndex();
        message.logTerm = log.lastTerm();
        message.priority(priority);
        tellCommit(message);
        message.context(byTransfer ? TRANSFER_CONTEXT : Payload.EMPTY);
        outbox.sendVote(message, voteTerm);
      }
    }
  }

  /** Answers a request. */
  void answer(Message request, boolean grants) {
    Message answer = new Message(responseTo(request.type), request.from);
    if (!grants) {
      answer.reject(0);
      tellCommit(answer);
    }
    // A granted pre-vote speaks of the future term asked for, a refusal of the voter's own.
    outbox.sendVote(answer, grants ? request.term : outbox.term);
  }

  private void tellCommit(Message message) {
    if (config.commitByVote()) {
      message.commit = log.committed();
      message.commitTerm(log.termOrZero(log.committed()));
    }
  }

  private static MsgType responseTo(MsgType request) {
    return request == MsgType.PRE_VOTE ? MsgType.PRE_VOTE_RESPONSE : MsgType.VOTE_RESPONSE;
  }
}
