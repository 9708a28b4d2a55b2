package dev.flotilla.raft;

/** The majority rules, as functions. In a joint configuration both halves must agree. */
final class Quorum {
  /** What an empty half has agreed on: it never holds the other half back. */
  static final long UNBOUNDED = Long.MAX_VALUE;

  private Quorum() {}

  /**
   * Returns the highest index that a majority has acknowledged.
   *
   * @param acked one index a voter, 0 for none, in the first {@code size} slots; gets sorted
   * @param size number of voters; without voters the answer is {@link #UNBOUNDED}
   */
  static long committed(long[] acked, int size) {
    if (size == 0) {
      return UNBOUNDED;
    }
    for (int i = 1; i < size; i++) {
      long value = acked[i];
      int hole = i;
      while (hole > 0 && acked[hole - 1] > value) {
        acked[hole] = acked[hole - 1];
        hole--;
      }
      acked[hole] = value;
    }
    // Ascending: from this position on, size / 2 + 1 voters hold at least this index.
    return acked[size - (size / 2 + 1)];
  }

  /** Returns how a vote among {@code size} voters stands; without voters it is won. */
  static VoteResult vote(int size, int granted, int refused) {
    if (size == 0) {
      return VoteResult.WON;
    }
    int majority = size / 2 + 1;
    if (granted >= majority) {
      return VoteResult.WON;
    }
    return size - refused >= majority ? VoteResult.PENDING : VoteResult.LOST;
  }

  /** Returns how a vote of two halves stands: both must win, one may lose it. */
  static VoteResult joint(VoteResult one, VoteResult other) {
    if (one == other) {
      return one;
    }
    return one == VoteResult.LOST || other == VoteResult.LOST
        ? VoteResult.LOST
        : VoteResult.PENDING;
  }
}
