package dev.flotilla.coprocessor.api;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * An immutable run of bytes: a key or a value. The node hands out views of its own buffers, so that
 * looking costs no copy; {@link #toArray} makes one.
 *
 * <p>Unlike contexts and views, bytes may be kept. Ordered as the store orders keys: byte by byte,
 * unsigned, a prefix first. Only the node and this package extend it.
 */
public abstract class Bytes implements Comparable<Bytes> {
  protected Bytes() {}

  /** No bytes. As the end of a range it means "no upper bound". */
  public static Bytes empty() {
    return ArrayBytes.EMPTY;
  }

  /** A copy of {@code array}. */
  public static Bytes copyOf(byte[] array) {
    return wrap(array.clone());
  }

  /** A view of {@code array}, which must never change again. */
  public static Bytes wrap(byte[] array) {
    return new ArrayBytes(array, 0, array.length);
  }

  /** The UTF-8 form of {@code text}. */
  public static Bytes utf8(String text) {
    return wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /** How many bytes. */
  public abstract int length();

  /** The byte at {@code index}; IndexOutOfBoundsException when there is none. */
  public abstract byte byteAt(int index);

  /** The bytes [from, to), not copied. */
  public abstract Bytes slice(int from, int to);

  /** Copies all bytes into {@code target} from {@code offset} on. */
  public abstract void copyTo(byte[] target, int offset);

  public final boolean isEmpty() {
    return length() == 0;
  }

  /** A new array of all bytes. */
  public final byte[] toArray() {
    byte[] array = new byte[length()];
    copyTo(array, 0);
    return array;
  }

  /** These bytes, then {@code more}, copied. */
  public final Bytes concat(Bytes more) {
    byte[] array = new byte[length() + more.length()];
    copyTo(array, 0);
    more.copyTo(array, length());
    return wrap(array);
  }

  public final boolean startsWith(Bytes prefix) {
    if (prefix.length() > length()) {
      return false;
    }
    for (int i = 0; i < prefix.length(); i++) {
      if (byteAt(i) != prefix.byteAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The text whose UTF-8 form this is; what is none comes as replacement characters. */
  public final String toUtf8() {
    return new String(toArray(), StandardCharsets.UTF_8);
  }

  /** Lower case hexadecimal digits. */
  public final String toHex() {
    return HexFormat.of().formatHex(toArray());
  }

  @Override
  public final int compareTo(Bytes other) {
    int common = Math.min(length(), other.length());
    for (int i = 0; i < common; i++) {
      int order = Integer.compare(byteAt(i) & 0xff, other.byteAt(i) & 0xff);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(length(), other.length());
  }

  @Override
  public final boolean equals(Object other) {
    return other instanceof Bytes bytes && length() == bytes.length() && startsWith(bytes);
  }

  @Override
  public final int hashCode() {
    int hash = 1;
    for (int i = 0; i < length(); i++) {
      hash = 31 * hash + byteAt(i);
    }
    return hash;
  }

  @Override
  public final String toString() {
    return "0x" + toHex();
  }
}
