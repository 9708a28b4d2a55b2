package dev.flotilla.sim.cluster;

import dev.flotilla.raftstore.Scheduler;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A worker of one process: takes some of its tasks now and then. */
final class SimWorker<T> implements Scheduler<T> {
  private final SimProcess process;
  private final double delayMillisMax;
  private final int batchMax;
  private final Consumer<List<T>> runner;
  private final ArrayDeque<T> tasks = new ArrayDeque<>();
  private boolean awake;

  private long heldUntilNanos;

  /**
   * @param delayMillisMax longest time a task waits for an idle worker
   * @param batchMax tasks taken at once
   */
  SimWorker(SimProcess process, double delayMillisMax, int batchMax, Consumer<List<T>> runner) {
    this.process = process;
    this.delayMillisMax = delayMillisMax;
    this.batchMax = batchMax;
    this.runner = runner;
  }

  @Override
  public boolean schedule(T task) {
    tasks.add(task);
    wake();
    return true;
  }

  /** Takes nothing before {@code nanos}. */
  void hold(long nanos) {
    heldUntilNanos = Math.max(heldUntilNanos, nanos);
  }

  boolean isIdle() {
    return tasks.isEmpty();
  }

  private void wake() {
    if (!awake) {
      awake = true;
      process.later(
          (long) (process.dice().fraction() * delayMillisMax * Timeline.MILLI), this::run);
    }
  }

  private void run() {
    long hold = heldUntilNanos - process.nowNanos();
    if (hold > 0) {
      process.later(hold, this::run);
      return;
    }
    int count = Math.min(tasks.size(), 1 + process.dice().below(batchMax));
    List<T> taken = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      taken.add(tasks.remove());
    }
    if (!taken.isEmpty()) {
      runner.accept(taken);
    }
    // Not before: while it is held up in its work it takes no more.
    awake = false;
    if (!tasks.isEmpty()) {
      wake();
    }
  }
}
