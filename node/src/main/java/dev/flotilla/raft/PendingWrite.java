package dev.flotilla.raft;

import org.jspecify.annotations.Nullable;

/**
 * What the write of one {@link Ready} will prove once it is durable: this replica's own votes and
 * acknowledgements, and that its log is stable, with the term in which the write began.
 */
final class PendingWrite {
  private final MessageBatch ownMessages = new MessageBatch();
  private long ackTerm;
  private long ackIndex;
  private long term;
  private long lastTerm;
  private long lastIndex;

  /** The write of {@code ready} begins; it gets those waiting messages that others wait for. */
  void begin(Raft raft, Ready ready) {
    Outbox outbox = raft.outbox;
    for (int i = 0; i < outbox.afterPersist.size(); i++) {
      Message message = outbox.afterPersist.get(i);
      (message.to == raft.config.id() ? ownMessages : ready.messagesAfterPersist).add(message);
    }
    ackTerm = outbox.ackTerm();
    ackIndex = outbox.takeAckIndex();
    term = raft.term;
    boolean writes = raft.log.unstable().size() > 0;
    lastIndex = writes ? raft.log.lastIndex() : 0;
    lastTerm = writes ? raft.log.lastTerm() : 0;
  }

  /** The write, of {@code snapshot} too if there was one, is durable. */
  void complete(Raft raft, @Nullable Snapshot snapshot) {
    for (int i = 0; i < ownMessages.size(); i++) {
      raft.step(ownMessages.get(i));
    }
    ownMessages.clear();
    if (ackIndex != 0) {
      raft.onOwnAck(ackTerm, ackIndex);
    }
    if (lastIndex != 0 || snapshot != null) {
      raft.onAppendStable(term, lastTerm, lastIndex, snapshot);
    }
  }
}
