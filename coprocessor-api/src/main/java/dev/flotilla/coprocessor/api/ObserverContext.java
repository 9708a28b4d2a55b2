package dev.flotilla.coprocessor.api;

/** Where a hook is called. Valid only during the call that brought it, on its thread. */
public interface ObserverContext {
  RegionView region();

  /** Raft term: before the log the leader's, after it the entry's. */
  long term();

  /** Skips the observers after this one in this call, except mandatory ones. */
  void bypass();
}
