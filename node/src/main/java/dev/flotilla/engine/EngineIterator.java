package dev.flotilla.engine;

/**
 * A cursor over the keys of one family within one {@link KeyRange}. Not thread-safe; owns a native
 * handle.
 *
 * <p>Every method that moves returns whether there is an entry at the new position. When there is
 * none it has been checked that no read failed: a failed one throws {@link EngineException} and
 * never looks like the end of the range. An iterator without position stays usable: seek again.
 */
public interface EngineIterator extends AutoCloseable {

  /** Moves to the first entry at or past {@code key}, or past the start of the range if greater. */
  boolean seek(byte[] key);

  /** Moves to the last entry at or before {@code key} within the range. */
  boolean seekForPrev(byte[] key);

  /** Moves to the first entry of the range. */
  boolean seekToFirst();

  /** Moves to the last entry of the range. */
  boolean seekToLast();

  /**
   * Moves to the following entry.
   *
   * @throws IllegalStateException when not {@link #valid()}
   */
  boolean next();

  /**
   * Moves to the preceding entry.
   *
   * @throws IllegalStateException when not {@link #valid()}
   */
  boolean prev();

  /** Whether the iterator is at an entry; false before the first seek. */
  boolean valid();

  /**
   * Key at the position; the array belongs to the caller.
   *
   * @throws IllegalStateException when not {@link #valid()}
   */
  byte[] key();

  /**
   * Value at the position; the array belongs to the caller.
   *
   * @throws IllegalStateException when not {@link #valid()}
   */
  byte[] value();

  /** Releases the handle. A second call does nothing. */
  @Override
  void close();
}
