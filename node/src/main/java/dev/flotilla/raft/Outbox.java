package dev.flotilla.raft;

/**
 * Messages on their way out, and the term that they carry.
 *
 * <p>Promises (votes, acknowledgements of appends) rest on state that may not be durable, so they
 * wait for the write of the pass; that includes those of a replica to itself (thesis 10.2.1).
 */
final class Outbox {
  private final long selfId;
  private final boolean joinAcks;
  private final boolean ackByMessage;

  /** Term stamped on messages; kept equal to the replica's. */
  long term;

  /** Messages that need not wait. */
  MessageBatch messages = new MessageBatch();

  /** Messages that wait for the write, this replica's own included. */
  final MessageBatch afterPersist = new MessageBatch();

  // Acknowledgement of this replica's own appends, where no message stands for it; 0 for none.
  private long ackTerm;
  private long ackIndex;

  /**
   * Makes an empty outbox.
   *
   * @param joinAcks whether own acknowledgements of one pass may be joined; each of them may commit
   *     and broadcast, so this shows in the messages unless commits are not broadcast
   * @param ackByMessage whether own acknowledgements have to travel through a storage thread
   */
  Outbox(long selfId, boolean joinAcks, boolean ackByMessage) {
    this.selfId = selfId;
    this.joinAcks = joinAcks;
    this.ackByMessage = ackByMessage;
  }

  /** Sends a message of the current term. */
  void send(Message message) {
    message.term = term;
    post(message);
  }

  /** Sends a message without a term, as proposals and read requests that are passed on. */
  void sendWithoutTerm(Message message) {
    post(message);
  }

  /** Sends a vote message, whose term may be a future one. */
  void sendVote(Message message, long voteTerm) {
    message.term = voteTerm;
    post(message);
  }

  private void post(Message message) {
    if (message.from == 0) {
      message.from = selfId;
    }
    switch (message.type) {
      case APPEND_RESPONSE, VOTE_RESPONSE, PRE_VOTE_RESPONSE -> afterPersist.add(message);
      default -> {
        Invariants.check(message.to != selfId, "a message to itself needs no network");
        messages.add(message);
      }
    }
  }

  /** The leader has appended up to {@code index}; counts once that is durable. */
  void ackSelf(long index) {
    if (joinAcks && !ackByMessage) {
      ackTerm = term;
      ackIndex = index;
      return;
    }
    int last = afterPersist.size() - 1;
    if (joinAcks && last >= 0) {
      Message previous = afterPersist.get(last);
      if (previous.to == selfId
          && previous.type == MsgType.APPEND_RESPONSE
          && previous.term == term) {
        previous.index = index;
        return;
      }
    }
    Message ack = new Message(MsgType.APPEND_RESPONSE, selfId);
    ack.index = index;
    send(ack);
  }

  /** Returns the term in which {@link #takeAckIndex} was acknowledged. */
  long ackTerm() {
    return ackTerm;
  }

  /** Returns what this replica acknowledged to itself without a message, once; 0 for nothing. */
  long takeAckIndex() {
    long taken = ackIndex;
    ackIndex = 0;
    return taken;
  }

  boolean isEmpty() {
    return messages.isEmpty() && afterPersist.isEmpty() && ackIndex == 0;
  }
}
