package dev.flotilla.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * How user values are stored: the value, then eight bytes of expiry.
 *
 * <p>Expiry is unix milliseconds, big-endian; 0 means never. It is at the end so that the value is
 * the stored array up to {@link #valueLength}: it can be compared, hashed or put into a response
 * without a copy and without an offset. No clock is read here; callers pass the time, and at apply
 * it is the time of the proposal, so that all replicas judge alike.
 */
public final class ValueCodec {
  /** Stored bytes that are not of the value. */
  public static final int OVERHEAD_BYTES = Long.BYTES;

  /** Expiry of values that live until deleted. */
  public static final long NEVER = 0;

  private static final long MILLIS_PER_SECOND = 1000;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private ValueCodec() {}

  /**
   * Encodes a value.
   *
   * @param expiryMillis unix milliseconds, at least 0, or {@link #NEVER}
   */
  public static byte[] encode(byte[] value, long expiryMillis) {
    if (expiryMillis < 0) {
      throw new IllegalArgumentException("negative expiry: " + expiryMillis);
    }
    byte[] stored = Arrays.copyOf(value, value.length + OVERHEAD_BYTES);
    LONGS.set(stored, value.length, expiryMillis);
    return stored;
  }

  /** Length of the value at the beginning of {@code stored}. */
  public static int valueLength(byte[] stored) {
    int length = stored.length - OVERHEAD_BYTES;
    if (length < 0) {
      throw new EngineException("stored value of " + stored.length + " bytes has no expiry");
    }
    return length;
  }

  /** A copy of the value alone. */
  public static byte[] value(byte[] stored) {
    return Arrays.copyOf(stored, valueLength(stored));
  }

  /** Unix milliseconds from which on the value is gone, or {@link #NEVER}. */
  public static long expiryMillis(byte[] stored) {
    long expiryMillis = (long) LONGS.get(stored, valueLength(stored));
    if (expiryMillis < 0) {
      throw new EngineException("stored value has a negative expiry: " + expiryMillis);
    }
    return expiryMillis;
  }

  /** Whether the value is gone at that moment; it is from its expiry on. */
  public static boolean isExpired(byte[] stored, long unixMillis) {
    long expiryMillis = expiryMillis(stored);
    return expiryMillis != NEVER && expiryMillis <= unixMillis;
  }

  /**
   * Returns the expiry of a value written at {@code unixMillis}.
   *
   * @param unixMillis at least 0
   * @param ttlSeconds unsigned, as on the wire; 0 means never. What does not fit becomes the
   *     greatest expiry there is
   */
  public static long expiryAfter(long unixMillis, long ttlSeconds) {
    if (unixMillis < 0) {
      throw new IllegalArgumentException("negative time: " + unixMillis);
    }
    if (ttlSeconds == 0) {
      return NEVER;
    }
    boolean fits =
        ttlSeconds > 0 && ttlSeconds <= (Long.MAX_VALUE - unixMillis) / MILLIS_PER_SECOND;
    return fits ? unixMillis + ttlSeconds * MILLIS_PER_SECOND : Long.MAX_VALUE;
  }

  /**
   * Returns the seconds a value that has not expired still lives, rounded up since 0 would mean
   * never; 0 for a value that never expires.
   */
  public static long ttlSeconds(byte[] stored, long unixMillis) {
    long expiryMillis = expiryMillis(stored);
    if (expiryMillis == NEVER) {
      return 0;
    }
    // A clock before 1970 must not overflow the difference.
    long leftMillis = Math.max(1, expiryMillis - Math.max(0, unixMillis));
    return (leftMillis - 1) / MILLIS_PER_SECOND + 1;
  }
}
