package dev.flotilla.engine;

/** Told how long a disk takes to make writes durable. */
@FunctionalInterface
public interface SyncListener {

  /**
   * A write was synced. Called on the thread that wrote, each time; must return at once.
   *
   * @param nanos how long write and sync took together
   */
  void onSynced(long nanos);
}
