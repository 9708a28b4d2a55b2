package dev.flotilla.raftstore.peer;

import com.google.protobuf.ByteString;

/**
 * The newest hash of a replica's data, computed here or told by the leader, whichever came first.
 * Invariant: hashes are compared only at an equal index.
 */
final class ConsistencyState {
  private long index;
  private ByteString hash = ByteString.EMPTY;

  /** Outcome of {@link #take}. */
  enum Outcome {
    /** Remembered, to be compared with what comes. */
    STORED,
    /** Equal to what was remembered. */
    MATCHED,
    /** Too old to be compared. */
    OUTDATED,
    MISMATCH
  }

  /** Takes a hash as of {@code at}. */
  Outcome take(long at, ByteString value) {
    if (at < index || (at == index && hash.isEmpty())) {
      return Outcome.OUTDATED;
    }
    if (at > index) {
      index = at;
      hash = value;
      return Outcome.STORED;
    }
    if (!hash.equals(value)) {
      return Outcome.MISMATCH;
    }
    hash = ByteString.EMPTY;
    return Outcome.MATCHED;
  }

  /** The hash that is remembered. */
  ByteString hash() {
    return hash;
  }
}
