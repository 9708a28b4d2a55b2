package dev.flotilla.raft;

/**
 * Pages of committed entries that are handed out and not applied, oldest first, with what they
 * weigh. Lets the caller report progress by index alone and in steps of its own.
 */
final class ApplyLedger {
  private static final int FIELDS = 3;

  private long[] ring = new long[0];
  private int head;
  private int count;
  private long bytes;
  private long payloadBytes;

  /** Records a page that ends with {@code lastIndex}. */
  void add(long lastIndex, long pageBytes, long pagePayloadBytes) {
    if ((count + 1) * FIELDS > ring.length) {
      grow();
    }
    int slot = (head + count * FIELDS) % ring.length;
    ring[slot] = lastIndex;
    ring[slot + 1] = pageBytes;
    ring[slot + 2] = pagePayloadBytes;
    count++;
  }

  private void grow() {
    long[] bigger = new long[Math.max(2 * FIELDS, 2 * ring.length)];
    int tail = ring.length - head;
    System.arraycopy(ring, head, bigger, 0, tail);
    System.arraycopy(ring, 0, bigger, tail, head);
    ring = bigger;
    head = 0;
  }

  /** Drops the pages that end at or before {@code index}; a page counts until all is applied. */
  void applyTo(long index) {
    while (count > 0 && ring[head] <= index) {
      bytes += ring[head + 1];
      payloadBytes += ring[head + 2];
      head = (head + FIELDS) % ring.length;
      count--;
    }
  }

  /** Returns the encoded bytes of the pages dropped since the last call. */
  long takeBytes() {
    long taken = bytes;
    bytes = 0;
    return taken;
  }

  /** Returns the payload bytes of the pages dropped since the last call. */
  long takePayloadBytes() {
    long taken = payloadBytes;
    payloadBytes = 0;
    return taken;
  }
}
