package dev.flotilla.pd;

/**
 * Ids that are never given twice. Invariant: all ids given are below a watermark that was durable
 * before; a successor starts at the watermark and skips what was left.
 */
final class IdAllocator {
  /** Ids made available with one write. */
  private static final long STEP = 1000;

  private long next;
  private long watermark;

  IdAllocator(long durableWatermark) {
    this.next = durableWatermark;
    this.watermark = durableWatermark;
  }

  boolean canTake(long count) {
    return next + count <= watermark;
  }

  /** Takes {@code count} consecutive ids, as {@link #canTake} allowed; returns the first. */
  long take(long count) {
    long first = next;
    next += count;
    return first;
  }

  /** The watermark to make durable so that {@code count} ids can be taken. */
  long nextWatermark(long count) {
    return Math.max(watermark + STEP, next + count);
  }

  /** {@code mark} is durable. */
  void raiseTo(long mark) {
    watermark = Math.max(watermark, mark);
  }
}
