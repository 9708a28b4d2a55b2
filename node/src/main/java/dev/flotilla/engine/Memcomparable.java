package dev.flotilla.engine;

import java.util.Arrays;

/**
 * An encoding of byte strings in which no code is a prefix of another and codes sort like the
 * strings they stand for. TiKV's transactional keys and region boundaries use it.
 *
 * <p>The string is cut into groups of eight bytes, the last one padded with zeros and possibly all
 * padding; each group is followed by 0xFF less the number of its padding bytes.
 */
public final class Memcomparable {
  private static final int GROUP = 8;
  private static final int MARKER_MAX = 0xFF;

  private Memcomparable() {}

  /** Encodes a string of any length; the empty one too becomes nine bytes. */
  public static byte[] encode(byte[] bytes) {
    int groups = bytes.length / GROUP + 1;
    byte[] encoded = new byte[groups * (GROUP + 1)];
    for (int group = 0; group < groups; group++) {
      int from = group * GROUP;
      int to = group * (GROUP + 1);
      int length = Math.min(GROUP, bytes.length - from);
      System.arraycopy(bytes, from, encoded, to, length);
      encoded[to + GROUP] = (byte) (MARKER_MAX - (GROUP - length));
    }
    return encoded;
  }

  /**
   * Returns the length of the code at the beginning of {@code bytes}, or -1 when there is none.
   * What follows it, such as a timestamp, does not matter.
   */
  public static int encodedLength(byte[] bytes) {
    for (int at = 0; at + GROUP < bytes.length; at += GROUP + 1) {
      int padding = padding(bytes, at);
      if (padding < 0) {
        return -1;
      }
      if (padding > 0) {
        return at + GROUP + 1;
      }
    }
    return -1;
  }

  /** Whether {@code bytes} is one code and nothing else. */
  public static boolean isEncoded(byte[] bytes) {
    return bytes.length > 0 && encodedLength(bytes) == bytes.length;
  }

  /**
   * Decodes what {@link #encode} made.
   *
   * @throws IllegalArgumentException if {@code bytes} is not exactly one code
   */
  public static byte[] decode(byte[] bytes) {
    if (!isEncoded(bytes)) {
      throw new IllegalArgumentException("not a memcomparable key: " + bytes.length + " bytes");
    }
    int groups = bytes.length / (GROUP + 1);
    int padding = padding(bytes, bytes.length - GROUP - 1);
    byte[] decoded = new byte[groups * GROUP - padding];
    for (int group = 0; group < groups; group++) {
      int to = group * GROUP;
      int length = Math.min(GROUP, decoded.length - to);
      System.arraycopy(bytes, group * (GROUP + 1), decoded, to, length);
    }
    return decoded;
  }

  /** Number of padding bytes of the group at {@code at}; -1 if marker and padding disagree. */
  private static int padding(byte[] bytes, int at) {
    int padding = MARKER_MAX - Byte.toUnsignedInt(bytes[at + GROUP]);
    if (padding > GROUP) {
      return -1;
    }
    for (int i = at + GROUP - padding; i < at + GROUP; i++) {
      if (bytes[i] != 0) {
        return -1;
      }
    }
    return padding;
  }

  /** Encodes {@code count} bytes of 0xFF, which sort after every shorter string. */
  static byte[] encodeMax(int count) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) 0xFF);
    return encode(bytes);
  }
}
