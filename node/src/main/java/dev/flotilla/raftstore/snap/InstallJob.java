package dev.flotilla.raftstore.snap;

import java.util.concurrent.atomic.AtomicReference;

/**
 * The installation of one snapshot, between the store loop, which may call it off, and the worker
 * that does it. Thread-safe.
 */
public final class InstallJob {
  private enum State {
    /** Not begun. */
    PENDING,
    /** The worker is at it. */
    RUNNING,
    /** The worker is at it and is to stop. */
    CANCELLING,
    /** It did not happen, or not to its end: the region has no data. */
    CANCELLED,
    /** It could not happen, as the snapshot was damaged: the region has no data. */
    DAMAGED,
    /** The data is there. */
    FINISHED
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.PENDING);

  /** Worker: begins; false when it was called off before. */
  boolean begin() {
    return state.compareAndSet(State.PENDING, State.RUNNING);
  }

  /** Worker: whether to stop. */
  boolean isCancelling() {
    return state.get() == State.CANCELLING;
  }

  /** Worker: the end. A call to stop that came too late is forgotten. */
  void finish(boolean installed) {
    state.set(installed ? State.FINISHED : State.CANCELLED);
  }

  /** Worker: the end, as the snapshot is damaged. A call to stop has what it wanted. */
  void finishDamaged() {
    if (!state.compareAndSet(State.RUNNING, State.DAMAGED)) {
      state.set(State.CANCELLED);
    }
  }

  /** Store loop: whether the snapshot was damaged, so that the region needs another. */
  public boolean isDamaged() {
    return state.get() == State.DAMAGED;
  }

  /** Store loop: whether the data is there. */
  public boolean isFinished() {
    return state.get() == State.FINISHED;
  }

  /** Store loop: whether it was called off before its end, so that the region has no data. */
  public boolean isCancelled() {
    return state.get() == State.CANCELLED;
  }

  /**
   * Store loop: calls it off.
   *
   * @return whether the worker does not touch the region any more; false to ask again later
   */
  public boolean cancel() {
    if (state.compareAndSet(State.PENDING, State.CANCELLED)) {
      return true;
    }
    state.compareAndSet(State.RUNNING, State.CANCELLING);
    State now = state.get();
    return now != State.RUNNING && now != State.CANCELLING;
  }
}
