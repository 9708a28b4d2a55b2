package dev.flotilla.engine;

/**
 * Writes that take effect together. Made by {@link Engine#newBatch()} for that engine, used by one
 * thread at a time, and meant to be reused: {@link #clear()} keeps its memory.
 *
 * <p>A batch cannot be read. Code that must see its own earlier writes (compare-and-swap at apply)
 * first writes the batch to the engine, unsynced, and then reads the engine.
 *
 * <p>Keys and values are copied. All methods throw {@link IllegalStateException} after close, of
 * the batch or of its engine.
 */
public interface WriteBatch extends AutoCloseable {

  /** Sets the value of a key. */
  void put(Cf cf, byte[] key, byte[] value);

  /** Deletes a key, which need not exist. */
  void delete(Cf cf, byte[] key);

  /**
   * Deletes all keys in {@code [start, end)}, also those put earlier in this batch. Nothing happens
   * when {@code start >= end}.
   *
   * @throws IllegalArgumentException if {@code end} is empty: this range has no unbounded end
   */
  void deleteRange(Cf cf, byte[] start, byte[] end);

  /** Marks this moment for {@link #rollbackToSavePoint()}; marks nest. */
  void setSavePoint();

  /**
   * Undoes everything since the latest mark and removes the mark.
   *
   * @throws IllegalStateException when there is no mark
   */
  void rollbackToSavePoint();

  /**
   * Removes the latest mark and keeps the writes.
   *
   * @throws IllegalStateException when there is no mark
   */
  void popSavePoint();

  /** Removes all writes and marks. */
  void clear();

  /** Whether there is no write in the batch. */
  default boolean isEmpty() {
    return count() == 0;
  }

  /** Number of puts, deletes and range deletes. */
  int count();

  /** Size in bytes, about what the batch adds to the log; to bound batches, not to account. */
  long bytes();

  /** Releases the memory. A second call does nothing. */
  @Override
  void close();
}
