package dev.flotilla.raft;

import java.util.Arrays;

/**
 * Appends sent to one peer and not acknowledged: a sliding window limited in messages and bytes.
 *
 * <p>Invariant: the last indexes of the messages ascend from the oldest to the newest. The ring
 * grows on demand, since a store has thousands of groups and most of them are idle.
 */
final class Inflights {
  private static final long[] NONE = new long[0];

  private final int countMax;
  private final long bytesMax;

  private long[] lastIndexes = NONE;
  private long[] sizes = NONE;
  private int start;
  private int count;
  private long bytes;

  /**
   * Makes an empty window.
   *
   * @param countMax messages that may be in flight
   * @param bytesMax bytes that may be in flight; the message that reaches it may pass it
   */
  Inflights(int countMax, long bytesMax) {
    this.countMax = countMax;
    this.bytesMax = bytesMax;
  }

  /** Records a message that ends with {@code lastIndex}; the window must not be full. */
  void add(long lastIndex, long size) {
    Invariants.check(!isFull(), "window of %d messages is full at index %d", count, lastIndex);
    if (count == lastIndexes.length) {
      grow();
    }
    int slot = start + count;
    if (slot >= lastIndexes.length) {
      slot -= lastIndexes.length;
    }
    lastIndexes[slot] = lastIndex;
    sizes[slot] = size;
    count++;
    bytes += size;
  }

  /** The newest message, which has not left, now ends with {@code lastIndex}. */
  void extend(long lastIndex, long size) {
    if (count == 0) {
      add(lastIndex, size);
      return;
    }
    int newest = start + count - 1;
    if (newest >= lastIndexes.length) {
      newest -= lastIndexes.length;
    }
    lastIndexes[newest] = lastIndex;
    sizes[newest] += size;
    bytes += size;
  }

  private void grow() {
    int capacity = (int) Math.min(countMax, Math.max(1L, 2L * lastIndexes.length));
    long[] moreIndexes = new long[capacity];
    long[] moreSizes = new long[capacity];
    int head = lastIndexes.length - start;
    System.arraycopy(lastIndexes, start, moreIndexes, 0, head);
    System.arraycopy(lastIndexes, 0, moreIndexes, head, start);
    System.arraycopy(sizes, start, moreSizes, 0, head);
    System.arraycopy(sizes, 0, moreSizes, head, start);
    lastIndexes = moreIndexes;
    sizes = moreSizes;
    start = 0;
  }

  /** Frees every message that ends at or before {@code index}. */
  void freeTo(long index) {
    while (count > 0 && lastIndexes[start] <= index) {
      bytes -= sizes[start];
      start = start + 1 == lastIndexes.length ? 0 : start + 1;
      count--;
    }
    if (count == 0) {
      start = 0;
    }
  }

  boolean isFull() {
    return count == countMax || (bytes >= bytesMax && count > 0);
  }

  int count() {
    return count;
  }

  long bytes() {
    return bytes;
  }

  /** Forgets all messages, and gives a big ring back. */
  void reset() {
    start = 0;
    count = 0;
    bytes = 0;
    if (lastIndexes.length > 16) {
      lastIndexes = NONE;
      sizes = NONE;
    }
  }

  @Override
  public String toString() {
    return count + " in flight of " + Arrays.toString(lastIndexes);
  }
}
