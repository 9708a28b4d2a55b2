package dev.flotilla.raftstore.wire;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.flotilla.raft.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Payloads and byte strings over the same bytes. Both are immutable, so none need be copied. */
final class SharedBytes {
  private SharedBytes() {}

  static ByteString toWire(Payload payload) {
    return payload.isEmpty()
        ? ByteString.EMPTY
        : UnsafeByteOperations.unsafeWrap(payload.array(), payload.offset(), payload.length());
  }

  static Payload fromWire(ByteString bytes) {
    if (bytes.isEmpty()) {
      return Payload.EMPTY;
    }
    Capture capture = new Capture();
    try {
      UnsafeByteOperations.unsafeWriteTo(bytes, capture);
    } catch (IOException e) {
      throw new AssertionError("memory cannot fail to be written", e);
    }
    Payload captured = capture.payload;
    return captured != null && captured.length() == bytes.size()
        ? captured
        : Payload.of(bytes.toByteArray());
  }

  /** Learns which array a byte string of one piece lies in. */
  private static final class Capture extends ByteOutput {
    @Nullable Payload payload;

    @Override
    public void write(byte value) {}

    @Override
    public void write(byte[] value, int offset, int length) {}

    @Override
    public void writeLazy(byte[] value, int offset, int length) {
      payload = Payload.of(value, offset, length);
    }

    @Override
    public void write(ByteBuffer value) {}

    @Override
    public void writeLazy(ByteBuffer value) {}
  }
}
