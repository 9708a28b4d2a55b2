package dev.flotilla.server;

import dev.flotilla.raftstore.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands where it was set, and begins at zero. Any thread. */
final class HandClock implements Clock {
  private final AtomicLong nanos = new AtomicLong();

  void set(Duration sinceStart) {
    nanos.set(sinceStart.toNanos());
  }

  void advance(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Override
  public long nanos() {
    return nanos.get();
  }

  @Override
  public long unixMillis() {
    return 0;
  }
}
