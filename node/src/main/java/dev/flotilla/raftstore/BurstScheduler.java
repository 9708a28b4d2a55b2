package dev.flotilla.raftstore;

/**
 * Hands tasks to workers, a burst at a time: a worker is woken for all that one turn of the caller
 * has for it, and not for the first alone. One that is awake may begin before.
 *
 * @param <T> kind of task
 */
public interface BurstScheduler<T> extends Scheduler<T> {
  /** Queues {@code task}; its worker need not begin before {@link #flush}. */
  @Override
  boolean schedule(T task);

  /** Lets the workers begin with what was scheduled. On the thread that schedules. */
  void flush();
}
