package dev.flotilla.engine;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * The keys in {@code [start, end)}, in unsigned byte order.
 *
 * <p>An empty end means unbounded. A range whose end is not greater than its start contains
 * nothing; it is allowed, as clients may ask for one. The arrays are not copied: do not change
 * them.
 *
 * @param start first key
 * @param end key after the last one, or empty
 */
// Arrays, since every key of the engine and of the wire is one; equality is by content below.
@SuppressWarnings("ArrayRecordComponent")
public record KeyRange(byte[] start, byte[] end) {
  private static final byte[] EMPTY_KEY = {};

  /** Every key there can be. */
  public static final KeyRange ALL = new KeyRange(EMPTY_KEY, EMPTY_KEY);

  /** All keys that begin with the prefix, itself included. */
  public static KeyRange ofPrefix(byte[] prefix) {
    return new KeyRange(prefix, Keys.afterPrefix(prefix));
  }

  /** Whether the range ends at {@link #end()} and not at infinity. */
  public boolean isBounded() {
    return end.length != 0;
  }

  /** Whether no key can be in the range. */
  public boolean isEmpty() {
    return isBounded() && Arrays.compareUnsigned(start, end) >= 0;
  }

  public boolean contains(byte[] key) {
    return Arrays.compareUnsigned(start, key) <= 0 && isBeforeEnd(key);
  }

  /** Whether every key of {@code other} is in this range; an empty one is in any range. */
  public boolean contains(KeyRange other) {
    if (other.isEmpty()) {
      return true;
    }
    boolean endsInside =
        !isBounded() || (other.isBounded() && Arrays.compareUnsigned(other.end, end) <= 0);
    return Arrays.compareUnsigned(start, other.start) <= 0 && endsInside;
  }

  /** Whether there can be a key in both ranges. */
  public boolean intersects(KeyRange other) {
    return !isEmpty() && !other.isEmpty() && isBeforeEnd(other.start) && other.isBeforeEnd(start);
  }

  private boolean isBeforeEnd(byte[] key) {
    return !isBounded() || Arrays.compareUnsigned(key, end) < 0;
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof KeyRange other
        && Arrays.equals(start, other.start)
        && Arrays.equals(end, other.end);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(start) + Arrays.hashCode(end);
  }

  /** Bounds in hex. */
  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return "["
        + hex.formatHex(start)
        + ", "
        + (isBounded() ? hex.formatHex(end) : "unbounded")
        + ")";
  }
}
