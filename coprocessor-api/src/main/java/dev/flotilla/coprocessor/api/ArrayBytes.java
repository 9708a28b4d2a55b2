package dev.flotilla.coprocessor.api;

import java.util.Objects;

/** A part of an array that nobody changes. */
final class ArrayBytes extends Bytes {
  static final Bytes EMPTY = new ArrayBytes(new byte[0], 0, 0);

  private final byte[] array;
  private final int offset;
  private final int length;

  ArrayBytes(byte[] array, int offset, int length) {
    this.array = array;
    this.offset = offset;
    this.length = length;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public byte byteAt(int index) {
    return array[offset + Objects.checkIndex(index, length)];
  }

  @Override
  public Bytes slice(int from, int to) {
    Objects.checkFromToIndex(from, to, length);
    return new ArrayBytes(array, offset + from, to - from);
  }

  @Override
  public void copyTo(byte[] target, int targetOffset) {
    System.arraycopy(array, offset, target, targetOffset, length);
  }
}
