package dev.flotilla.raft;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Opaque bytes of a command, a conf change or a read context: a view over an array, never copied.
 *
 * <p>Immutable by contract: whoever makes a payload must not write to the array afterwards, and
 * whoever reads {@link #array()} must not write to it either.
 */
public final class Payload {
  /** No bytes. */
  public static final Payload EMPTY = new Payload(new byte[0], 0, 0);

  private final byte[] array;
  private final int offset;
  private final int length;

  private Payload(byte[] array, int offset, int length) {
    this.array = array;
    this.offset = offset;
    this.length = length;
  }

  /** Returns a view of the whole of {@code bytes}; the array now belongs to the payload. */
  public static Payload of(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new Payload(bytes, 0, bytes.length);
  }

  /**
   * Returns a view of {@code length} bytes from {@code offset}; the array now belongs to the
   * payload.
   *
   * @throws IndexOutOfBoundsException if the range is not inside the array
   */
  public static Payload of(byte[] bytes, int offset, int length) {
    if (offset < 0 || length < 0 || offset > bytes.length - length) {
      throw new IndexOutOfBoundsException(offset + "+" + length + " of " + bytes.length);
    }
    return length == 0 ? EMPTY : new Payload(bytes, offset, length);
  }

  /** Returns the UTF-8 bytes of {@code text}. */
  public static Payload ofUtf8(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the backing array; bytes outside {@link #offset()} and {@link #length()} are alien. */
  public byte[] array() {
    return array;
  }

  /** Returns where the first byte is in {@link #array()}. */
  public int offset() {
    return offset;
  }

  /** Returns how many bytes there are. */
  public int length() {
    return length;
  }

  /** Returns whether there are no bytes. */
  public boolean isEmpty() {
    return length == 0;
  }

  /** Returns the byte at {@code index}, 0 being the first. */
  public byte byteAt(int index) {
    if (index < 0 || index >= length) {
      throw new IndexOutOfBoundsException(index + " of " + length);
    }
    return array[offset + index];
  }

  /** Returns a read-only buffer over the same bytes. */
  public ByteBuffer asReadOnlyBuffer() {
    return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer();
  }

  /** Returns a copy of the bytes. */
  public byte[] toByteArray() {
    return Arrays.copyOfRange(array, offset, offset + length);
  }

  /** Returns the bytes decoded as UTF-8. */
  public String toUtf8() {
    return new String(array, offset, length, StandardCharsets.UTF_8);
  }

  /** Payloads are equal when their bytes are. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Payload that
        && Arrays.equals(
            array, offset, offset + length, that.array, that.offset, that.offset + that.length);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = offset; i < offset + length; i++) {
      hash = 31 * hash + array[i];
    }
    return hash;
  }

  @Override
  public String toString() {
    return length + " bytes";
  }
}
