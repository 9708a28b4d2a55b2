package dev.flotilla.raft;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Reads that wait until this leader knows that it still leads (thesis 6.4).
 *
 * <p>Reads are confirmed in rounds. A round is a number of the leader's own, echoed by heartbeats:
 * were it the caller's context, a repeated request together with late answers would confirm reads
 * that no quorum has heard of. Rounds grow and never repeat, so a confirmation of one confirms all
 * before it. Reads that arrive while the heartbeats of the last round have not left share it.
 */
final class ReadQueue {
  /** One waiting read; {@code from} is 0 for a read of this replica. */
  record Read(long round, long index, long from, Payload context) {}

  private final int sizeMax;

  /** Invariant: rounds never fall from head to tail. */
  private final ArrayDeque<Read> reads = new ArrayDeque<>(0);

  /** Reads of a leader that has not committed in its term; their index is not known yet. */
  private final ArrayDeque<Read> early = new ArrayDeque<>(0);

  private long round;
  private boolean roundLeft = true;
  private Payload roundContext = Payload.EMPTY;

  ReadQueue(int sizeMax) {
    this.sizeMax = sizeMax;
  }

  int size() {
    return reads.size() + early.size();
  }

  boolean isFull() {
    return size() >= sizeMax;
  }

  /** Keeps a read until the first commit of the term. */
  void addEarly(long from, Payload context) {
    early.addLast(new Read(0, 0, from, context));
  }

  /** Takes a read that waited for the first commit of the term, oldest first; null if none. */
  @Nullable Read pollEarly() {
    return early.pollFirst();
  }

  /**
   * Keeps a read at {@code index} until its round is confirmed.
   *
   * @return whether a new round began, whose heartbeats are to be sent now
   */
  boolean add(long index, long from, Payload context) {
    boolean begins = roundLeft;
    if (begins) {
      round++;
      roundLeft = false;
      roundContext = encode(round);
    }
    reads.addLast(new Read(round, index, from, context));
    return begins;
  }

  /** Messages have left: the next read needs heartbeats of its own. */
  void onMessagesLeft() {
    roundLeft = true;
  }

  /** Returns the last round; heartbeats of earlier ones may still be answered. */
  long lastRound() {
    return round;
  }

  boolean hasWaiting() {
    return !reads.isEmpty();
  }

  /** Returns what a heartbeat is to carry. */
  Payload heartbeatContext() {
    return reads.isEmpty() ? Payload.EMPTY : roundContext;
  }

  /** Takes the oldest read if {@code confirmedRound} confirms it; else null. */
  @Nullable Read pollConfirmed(long confirmedRound) {
    Read head = reads.peekFirst();
    return head != null && head.round() <= confirmedRound ? reads.pollFirst() : null;
  }

  /** Leadership or term are gone, and with them every promise. Rounds go on. */
  void clear() {
    reads.clear();
    early.clear();
    roundLeft = true;
  }

  static Payload encode(long round) {
    byte[] bytes = new byte[Long.BYTES];
    for (int i = 0; i < Long.BYTES; i++) {
      bytes[i] = (byte) (round >>> (8 * i));
    }
    return Payload.of(bytes);
  }

  /** Returns the round that a heartbeat response echoes; 0 if it echoes none. */
  static long decode(Payload context) {
    if (context.length() != Long.BYTES) {
      return 0;
    }
    long value = 0;
    for (int i = Long.BYTES - 1; i >= 0; i--) {
      value = (value << 8) | (context.byteAt(i) & 0xff);
    }
    return value;
  }
}
