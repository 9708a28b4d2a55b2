package dev.flotilla.verticle.cluster;

import java.util.concurrent.TimeUnit;

/**
 * Word that another store waits for: how far its frames have been taken in. It travels with frames
 * that go there anyway, and alone only when it has waited long or for much, so that it costs a
 * frame of its own seldom.
 */
final class OwedCredit {
  /** A quarter of the smallest window: the other side is never stopped by word that waits here. */
  private static final long BYTES_MAX = 16 * 1024;

  private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private Frame.Credit newest = Frame.Credit.NONE;
  private long bytes;
  private long sinceNanos;

  /** {@code frame} was taken in. */
  void add(Frame.Credit frame, int frameBytes, long nowNanos) {
    if (bytes == 0) {
      sinceNanos = nowNanos;
    }
    bytes += frameBytes;
    newest = frame;
  }

  /** Whether word should leave although nothing else does. */
  boolean isDue(long nowNanos) {
    return bytes > 0 && (bytes >= BYTES_MAX || nowNanos - sinceNanos >= WAIT_NANOS);
  }

  /** The word, which is owed no longer. It may be repeated: it only says what is so. */
  Frame.Credit take() {
    bytes = 0;
    return newest;
  }
}
