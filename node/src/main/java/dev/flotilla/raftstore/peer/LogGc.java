package dev.flotilla.raftstore.peer;

import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.raft.RawNode;
import dev.flotilla.raftstore.storage.PeerStorage;

/** Decides up to which index a led region's log can go, and remembers what has gone. */
final class LogGc {
  private final RaftStoreConfig config;

  /** Entries before this one have been handed to the worker that deletes them. */
  private long deletedTo;

  /** Bytes of applied entries that are still in the log, roughly. */
  private long logBytes;

  /** Index and term of the last proposal to shorten the log; of the entry before if refused. */
  private long proposedAt;

  private long proposedTerm;

  LogGc(RaftStoreConfig config) {
    this.config = config;
  }

  void onCommitted(long bytes) {
    logBytes += bytes;
  }

  /**
   * Returns the last index that the log can do without, or 0. The newest replicated entry stays:
   * its term is asked for when the next one is appended.
   *
   * <p>While the last proposal waits to be applied there is none: until then the log begins where
   * it did, and an apply worker that is behind would be given one more entry of no use each time.
   */
  long compactIndex(RawNode raft, PeerStorage storage) {
    if (raft.term() == proposedTerm && storage.appliedIndex() < proposedAt) {
      return 0;
    }
    long[] replicated = {Long.MAX_VALUE};
    raft.forEachProgress(
        (id, match, next, state, active, snapshot, learner) ->
            replicated[0] = Math.min(replicated[0], match));
    long first = storage.firstIndex();
    long applied = storage.appliedIndex();
    long index;
    if (applied > first && applied - first >= config.logGcCountLimit()) {
      index = applied;
    } else if (logBytes >= config.logGcBytesLimit()) {
      index = applied;
    } else if (replicated[0] < first || replicated[0] - first <= config.logGcThreshold()) {
      return 0;
    } else {
      index = Math.min(replicated[0], applied);
    }
    return index - 1 < first ? 0 : index - 1;
  }

  /** It was proposed to shorten the log. If that was refused, the log ends where it did. */
  void onProposed(RawNode raft) {
    proposedAt = raft.lastIndex();
    proposedTerm = raft.term();
  }

  /**
   * The log was cut at {@code truncatedIndex}.
   *
   * @return first index to delete; the last is {@code truncatedIndex}
   */
  long onCompacted(long firstIndex, long truncatedIndex, long lastIndex) {
    long kept = Math.max(0, lastIndex - truncatedIndex);
    long before = Math.max(1, lastIndex - firstIndex + 1);
    logBytes = (long) (logBytes * ((double) kept / Math.max(before, kept)));
    long from = deletedTo;
    deletedTo = truncatedIndex + 1;
    return from;
  }
}
