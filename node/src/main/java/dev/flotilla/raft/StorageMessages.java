package dev.flotilla.raft;

import java.util.ArrayList;
import java.util.List;

/**
 * Storage work as messages: what to write or apply, and the messages to deliver when that is done.
 * Work of one kind must be done in order; the two kinds need not wait for each other.
 */
final class StorageMessages {
  private StorageMessages() {}

  /** Adds the storage work of {@code ready} to its messages; everything else must be filled in. */
  static void addTo(Ready ready, Raft raft) {
    MessageBatch waiting = raft.outbox.afterPersist;
    if (!ready.entries.isEmpty()
        || ready.hardStateChanged
        || ready.snapshot != null
        || !waiting.isEmpty()) {
      ready.messages.add(append(ready, raft, waiting));
    }
    if (!ready.committedEntries.isEmpty()) {
      ready.messages.add(apply(ready, raft));
    }
  }

  private static Message append(Ready ready, Raft raft, MessageBatch waiting) {
    long selfId = raft.config.id();
    Message work = new Message(MsgType.STORAGE_APPEND, Message.APPEND_THREAD);
    work.from = selfId;
    work.entries = ready.entries;
    work.snapshot(ready.snapshot);
    if (ready.hardStateChanged) {
      work.term = ready.term;
      work.vote(ready.vote);
      work.commit = ready.commit;
    }
    List<Message> responses = new ArrayList<>(waiting.view());
    boolean unstable = raft.log.unstable().size() > 0;
    if (unstable || ready.snapshot != null) {
      Message done = new Message(MsgType.STORAGE_APPEND_RESPONSE, selfId);
      done.from = Message.APPEND_THREAD;
      done.term = raft.term;
      if (unstable) {
        // The whole tail is attested each time, in progress or not: were an earlier attestation
        // refused because of a new term, nothing else would ever make its entries stable.
        done.index = raft.log.lastIndex();
        done.logTerm = raft.log.lastTerm();
      }
      done.snapshot(ready.snapshot);
      responses.add(done);
    }
    work.responses(List.copyOf(responses));
    return work;
  }

  private static Message apply(Ready ready, Raft raft) {
    Message done = new Message(MsgType.STORAGE_APPLY_RESPONSE, raft.config.id());
    done.from = Message.APPLY_THREAD;
    done.entries = ready.committedEntries;
    Message work = new Message(MsgType.STORAGE_APPLY, Message.APPLY_THREAD);
    work.from = raft.config.id();
    work.entries = ready.committedEntries;
    work.responses(List.of(done));
    return work;
  }
}
