package dev.flotilla.raftstore.apply;

import dev.flotilla.raftstore.Scheduler;
import java.util.BitSet;
import java.util.List;

/**
 * Hands tasks to the apply workers, a burst at a time: a worker is called for all that one turn of
 * the store loop has for it, and not for the first alone. One that is awake may begin before.
 *
 * <p>For what may wait ({@link ApplyTask#mayWait}) nobody is called. It is run with the next task
 * that may not, or when {@link #LEFT_MAX} tasks were left, or with {@link #flushAll}. A follower
 * that gets one entry at a time is woken once for many of them so.
 *
 * <p>On the store loop.
 */
public final class ApplyBursts implements Scheduler<ApplyTask> {
  /** Tasks that are left to a worker before it is called all the same; bounds what they hold. */
  static final int LEFT_MAX = 64;

  /** 2^64 over the golden ratio: the upper half of a product with it depends on all of an id. */
  private static final long ID_MIX = 0x9E3779B97F4A7C15L;

  /** The queue of one worker. */
  public interface Worker {
    /** Queues {@code task} and calls nobody; returns false when the worker has stopped. */
    boolean leave(ApplyTask task);

    /** Lets the worker run all that was left, now or soon. */
    void call();
  }

  private final List<? extends Worker> workers;

  /** Tasks that were left to each worker since it was last called. */
  private final int[] left;

  /** Workers that are to be called at the end of the turn. */
  private final BitSet due = new BitSet();

  /**
   * @param workers at least one
   */
  public ApplyBursts(List<? extends Worker> workers) {
    this.workers = List.copyOf(workers);
    this.left = new int[workers.size()];
  }

  /** Queues {@code task}; its worker need not begin before {@link #flush}, or even later. */
  @Override
  public boolean schedule(ApplyTask task) {
    int worker = workerOf(task.regionId(), left.length);
    left[worker]++;
    if (!task.mayWait() || left[worker] >= LEFT_MAX) {
      due.set(worker);
    }
    return workers.get(worker).leave(task);
  }

  /** Lets the workers begin that have something that may not wait. */
  public void flush() {
    for (int worker = due.nextSetBit(0); worker >= 0; worker = due.nextSetBit(worker + 1)) {
      left[worker] = 0;
      workers.get(worker).call();
    }
    due.clear();
  }

  /** Lets the workers begin with everything, what may wait too. Call with each raft tick. */
  public void flushAll() {
    for (int worker = 0; worker < left.length; worker++) {
      if (left[worker] > 0) {
        due.set(worker);
      }
    }
    flush();
  }

  /**
   * Which of {@code workers} has a region. Ids come in steps of one for the region and one for each
   * of its peers, so that the remainder of an id alone would be the same for all regions.
   */
  static int workerOf(long regionId, int workers) {
    return (int) (((regionId * ID_MIX) >>> 33) % workers);
  }
}
