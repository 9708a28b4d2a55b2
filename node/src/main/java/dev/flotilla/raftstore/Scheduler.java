package dev.flotilla.raftstore;

/**
 * Hands tasks to a worker, which runs them in order, one at a time.
 *
 * @param <T> kind of task
 */
@FunctionalInterface
public interface Scheduler<T> {
  /**
   * Queues {@code task}; never blocks.
   *
   * @return false when the worker has stopped; the task was not taken and its callbacks are still
   *     the caller's to answer
   */
  boolean schedule(T task);
}
