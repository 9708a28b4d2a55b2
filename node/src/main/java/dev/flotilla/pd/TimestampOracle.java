package dev.flotilla.pd;

/**
 * Timestamps that only grow: milliseconds and a counter of 18 bits within them.
 *
 * <p>Invariant: no timestamp reaches the bound, which is durable before it is used. A successor
 * starts at the bound, so it never gives one out again, whatever its clock says.
 */
public final class TimestampOracle {
  /** Numbers within one millisecond. */
  public static final long LOGICAL_MAX = 1L << 18;

  /** How far ahead the bound is put, milliseconds. */
  static final long WINDOW_MILLIS = 3000;

  /** When less than this is left of the window it is time to put it further. */
  private static final long REFILL_MILLIS = 1000;

  /**
   * The last of the numbers taken.
   *
   * @param physical unix milliseconds
   * @param logical counter within them
   */
  public record Timestamp(long physical, long logical) {}

  private long physical;
  private long logical;
  private long boundMillis;

  /**
   * @param startMillis at or past every bound that a predecessor made durable
   * @param boundMillis durable already, past {@code startMillis}
   */
  TimestampOracle(long startMillis, long boundMillis) {
    this.physical = startMillis;
    this.boundMillis = boundMillis;
  }

  /** Where a driver starts that finds {@code durableBound}: never before it. */
  static long start(long durableBound, long wallMillis) {
    return Math.max(durableBound, wallMillis);
  }

  /** Whether {@code count} numbers can be taken below the bound. */
  boolean canTake(int count, long wallMillis) {
    long at = Math.max(physical, wallMillis);
    boolean fits = at > physical || logical + count < LOGICAL_MAX;
    return (fits ? at : at + 1) < boundMillis;
  }

  /**
   * Takes {@code count} numbers, all in one millisecond, and returns the last.
   *
   * @param count 1 to {@link #LOGICAL_MAX} - 1, as {@link #canTake} allowed
   */
  Timestamp take(int count, long wallMillis) {
    if (wallMillis > physical) {
      physical = wallMillis;
      logical = 0;
    }
    if (logical + count >= LOGICAL_MAX) {
      physical++;
      logical = 0;
    }
    logical += count;
    return new Timestamp(physical, logical);
  }

  boolean isRunningOut(long wallMillis) {
    return boundMillis - Math.max(physical, wallMillis) < REFILL_MILLIS;
  }

  /** The bound to make durable next. */
  long nextBound(long wallMillis) {
    return Math.max(physical, wallMillis) + WINDOW_MILLIS;
  }

  /** {@code bound} is durable. */
  void extendTo(long bound) {
    boundMillis = Math.max(boundMillis, bound);
  }
}
