package dev.flotilla.sim;

import dev.flotilla.raftstore.Clock;

/** Two clocks that move only when told, each by itself. */
public final class SimClock implements Clock {
  private long nanos = 1_000_000;
  private long unixMillis = 1_700_000_000_000L;

  /** Lets {@code millis} pass on both clocks. */
  public void advance(long millis) {
    nanos += millis * 1_000_000;
    unixMillis += millis;
  }

  /** Moves the wall clock alone, in either direction. */
  public void jumpWall(long millis) {
    unixMillis += millis;
  }

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public long unixMillis() {
    return unixMillis;
  }
}
