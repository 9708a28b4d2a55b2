package dev.flotilla.sim.cluster;

import dev.flotilla.raftstore.Clock;

/** One machine's clocks: the monotonic one runs at a rate of its own, the wall clock jumps. */
final class StoreClock implements Clock {
  private final Timeline timeline;
  private final double rate;
  private final long originNanos;
  private long wallOffsetMillis;

  /**
   * @param rate seconds this clock counts in a second of true time
   */
  StoreClock(Timeline timeline, double rate, long originNanos, long wallOffsetMillis) {
    this.timeline = timeline;
    this.rate = rate;
    this.originNanos = originNanos;
    this.wallOffsetMillis = wallOffsetMillis;
  }

  void jumpWall(long millis) {
    wallOffsetMillis += millis;
  }

  /** True time that passes while this clock counts {@code nanos}. */
  long trueNanos(long nanos) {
    return (long) (nanos / rate);
  }

  @Override
  public long nanos() {
    return originNanos + (long) (timeline.nowNanos() * rate);
  }

  @Override
  public long unixMillis() {
    return 1_700_000_000_000L + wallOffsetMillis + (long) (timeline.nowMillis() * rate);
  }
}
