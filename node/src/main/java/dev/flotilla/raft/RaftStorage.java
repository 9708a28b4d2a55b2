package dev.flotilla.raft;

import org.jspecify.annotations.Nullable;

/**
 * The stable part of the log and the snapshots of one replica. Read only: what is to be written is
 * in {@link Ready}. Called on the thread of the caller of {@link RawNode}, inside its calls.
 *
 * <p>Answers must reflect every {@link Ready} whose persistence was reported. An I/O error is a
 * fault and is thrown; it passes through {@link RawNode} and leaves the group unusable.
 */
public interface RaftStorage {
  /** Answer of {@link #term}: the entry is gone, a snapshot stands for it. */
  long TERM_COMPACTED = -1;

  /** Answer of {@link #term}: the entry is not here yet. */
  long TERM_UNAVAILABLE = -2;

  /** Outcome of {@link #entries}. */
  enum Fetch {
    /** At least the first entry was added. */
    OK,
    /** The first entry asked for is gone. */
    COMPACTED,
    /** An entry asked for is missing. */
    UNAVAILABLE
  }

  /** Returns the state to start from. Called once, by the constructor of {@link RawNode}. */
  InitialState initialState();

  /**
   * Adds entries {@code [low, high)} to {@code out} in index order.
   *
   * @param low first index
   * @param high index after the last, at most {@link #lastIndex()} + 1, above {@code low}
   * @param bytesMax stop before the sum of {@link Entry#encodedSize()} passes this; the first entry
   *     is always added, so that a large entry cannot stall replication
   * @param out where the entries go; nothing may be added unless the answer is {@link Fetch#OK}
   */
  Fetch entries(long low, long high, long bytesMax, EntryBuffer out);

  /**
   * Returns the term of an entry in {@code [firstIndex() - 1, lastIndex()]}, else {@link
   * #TERM_COMPACTED} or {@link #TERM_UNAVAILABLE}. Never 0 for an entry that is gone: 0 would match
   * the log of a peer that is empty.
   */
  long term(long index);

  /** Returns the index of the first entry that can still be read; last index + 1 if none can. */
  long firstIndex();

  /** Returns the index of the last entry; that of the snapshot if there is none after it. */
  long lastIndex();

  /**
   * Returns the newest snapshot, or null if it has to be made first: then raft asks again later.
   *
   * @param requestIndex the snapshot is useful from this index on; 0 for any
   * @param to peer that it is for
   */
  @Nullable Snapshot snapshot(long requestIndex, long to);
}
