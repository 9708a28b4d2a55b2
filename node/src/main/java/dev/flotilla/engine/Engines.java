package dev.flotilla.engine;

/**
 * The two engines of a store. They are apart so that applying does not wait for the log's fsync.
 *
 * @param kv data and states of regions; all families
 * @param raft raft logs and hard states; family default only
 */
public record Engines(Engine kv, Engine raft) implements AutoCloseable {

  /** Closes both; the second also when the first fails. */
  @Override
  public void close() {
    try {
      raft.close();
    } finally {
      kv.close();
    }
  }
}
