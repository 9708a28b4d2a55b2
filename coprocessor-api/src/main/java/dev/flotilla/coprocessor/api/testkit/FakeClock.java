package dev.flotilla.coprocessor.api.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A wall clock that stands until it is moved. */
public final class FakeClock extends Clock {
  private volatile Instant now = Instant.parse("2030-01-01T00:00:00Z");

  /** Moves the clock; backwards is allowed, as real ones do it. */
  public void advance(Duration by) {
    now = now.plus(by);
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("plugins are given UTC");
  }
}
