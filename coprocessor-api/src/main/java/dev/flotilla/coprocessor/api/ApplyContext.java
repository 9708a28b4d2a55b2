package dev.flotilla.coprocessor.api;

/**
 * Where a hook is called for a log entry. Has neither clock nor role, because the same call happens
 * on every replica, and again after a restart.
 */
public interface ApplyContext extends ObserverContext {
  /** Position of the entry in the region's log. */
  long index();

  /** The entry's time in unix milliseconds, stamped by its leader; never goes back in a region. */
  long proposedAtMillis();
}
