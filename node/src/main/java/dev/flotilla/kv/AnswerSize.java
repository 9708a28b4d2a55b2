package dev.flotilla.kv;

import dev.flotilla.coprocessor.ReadPair;
import dev.flotilla.raftstore.Refusal;

/**
 * How large the answer to a read has become. A small request may ask for more than there is memory:
 * one key a thousand times, or a page of large values. It is refused and not cut short, as a short
 * page tells clients that the region has no more.
 */
final class AnswerSize {
  /** What a pair takes beside its bytes. */
  private static final int PAIR_BYTES = 64;

  private final long bytesMax;
  private long bytes;

  AnswerSize(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /**
   * Takes a pair that was found.
   *
   * @throws Refusal.Invalid when it is too much
   */
  void add(ReadPair pair) {
    add(PAIR_BYTES + pair.key().size() + (pair.value() == null ? 0 : pair.value().size()));
  }

  /** Takes so many bytes, as {@link #add(ReadPair)} does. */
  void add(long more) {
    bytes += more;
    if (bytes > bytesMax) {
      throw new Refusal.Invalid(
          "the answer would be larger than " + bytesMax + " bytes: ask for less at a time");
    }
  }
}
