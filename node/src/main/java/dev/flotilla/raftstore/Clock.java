package dev.flotilla.raftstore;

/**
 * The only source of time below the shell. The two readings are independent: either may jump in a
 * test without the other.
 */
public interface Clock {
  /**
   * Monotonic time in nanoseconds with an arbitrary origin; only differences mean anything. Leases
   * rest on it, so it must go on while the process is stopped.
   */
  long nanos();

  /** Wall clock in unix milliseconds. May jump in either direction. */
  long unixMillis();
}
