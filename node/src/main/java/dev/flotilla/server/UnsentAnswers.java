package dev.flotilla.server;

import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Answers of one event loop that are there and not written to their connections: a client that asks
 * for much and does not read must not have it gather here. Thread-safe.
 *
 * <p>What is read while there is room is not known before it is there, so the limit is passed by
 * what all read threads find at that moment.
 */
final class UnsentAnswers {
  private final long bytesMax;
  private final AtomicLong bytes = new AtomicLong();

  /**
   * @param bytesMax from which on no more are to be made
   */
  UnsentAnswers(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Whether more answers may be made. */
  boolean hasRoom() {
    return bytes.get() < bytesMax;
  }

  /** An answer of so many bytes is there; {@link #leaves} or {@link #left} must follow, once. */
  void add(long size) {
    bytes.addAndGet(size);
  }

  /** Answers of so many bytes have left, or never will. */
  void left(long size) {
    bytes.addAndGet(-size);
  }

  /** Answers of so many bytes leave by {@code write}. */
  void leaves(Future<Void> write, long size) {
    write.onComplete(done -> left(size));
  }
}
