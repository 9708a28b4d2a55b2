package dev.flotilla.coprocessor;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.flotilla.coprocessor.api.Bytes;

/** A command's own bytes as plugins see them. Immutable, like what it wraps. */
final class ProtoBytes extends Bytes {
  private final ByteString bytes;

  private ProtoBytes(ByteString bytes) {
    this.bytes = bytes;
  }

  static Bytes of(ByteString bytes) {
    return bytes.isEmpty() ? empty() : new ProtoBytes(bytes);
  }

  /** The other way; copies what a plugin made itself. */
  static ByteString toProto(Bytes bytes) {
    return bytes instanceof ProtoBytes proto
        ? proto.bytes
        : UnsafeByteOperations.unsafeWrap(bytes.toArray());
  }

  @Override
  public int length() {
    return bytes.size();
  }

  @Override
  public byte byteAt(int index) {
    return bytes.byteAt(index);
  }

  @Override
  public Bytes slice(int from, int to) {
    return of(bytes.substring(from, to));
  }

  @Override
  public void copyTo(byte[] target, int offset) {
    bytes.copyTo(target, offset);
  }
}
