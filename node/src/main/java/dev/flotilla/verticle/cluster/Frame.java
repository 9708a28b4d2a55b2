package dev.flotilla.verticle.cluster;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What travels from store to store: raft messages, or word of how far those of the other direction
 * have been taken in.
 *
 * <pre>
 * cluster id (8) · sender's store id (8) · session (8) · sequence (8) · kind (1) · messages
 * message: length (4) · raft_serverpb.RaftMessage
 * </pre>
 *
 * @param session one life of the sender's link; of the receiver's, in a credit
 * @param sequence grows by one a frame; of the newest frame taken in, in a credit
 * @param isCredit whether this is such word
 */
record Frame(
    long clusterId,
    long storeId,
    long session,
    long sequence,
    boolean isCredit,
    List<RaftMessage> messages) {
  static final int HEADER_BYTES = 4 * Long.BYTES + 1;

  /** Writes a credit. */
  static Buffer credit(long clusterId, long storeId, long session, long sequence) {
    return Buffer.buffer(header(clusterId, storeId, session, sequence, (byte) 1));
  }

  private static byte[] header(
      long clusterId, long storeId, long session, long sequence, byte kind) {
    return ByteBuffer.allocate(HEADER_BYTES)
        .putLong(clusterId)
        .putLong(storeId)
        .putLong(session)
        .putLong(sequence)
        .put(kind)
        .array();
  }

  /** Writes messages whose sizes add up to {@code bytes}. */
  static Buffer messages(
      long clusterId,
      long storeId,
      long session,
      long sequence,
      List<RaftMessage> messages,
      int bytes) {
    byte[] frame = new byte[HEADER_BYTES + bytes + messages.size() * Integer.BYTES];
    System.arraycopy(
        header(clusterId, storeId, session, sequence, (byte) 0), 0, frame, 0, HEADER_BYTES);
    ByteBuffer lengths = ByteBuffer.wrap(frame);
    int at = HEADER_BYTES;
    try {
      for (RaftMessage message : messages) {
        int size = message.getSerializedSize();
        lengths.putInt(at, size);
        CodedOutputStream out = CodedOutputStream.newInstance(frame, at + Integer.BYTES, size);
        message.writeTo(out);
        out.checkNoSpaceLeft();
        at += Integer.BYTES + size;
      }
    } catch (IOException e) {
      throw new AssertionError("memory cannot fail to be written", e);
    }
    return Buffer.buffer(frame);
  }

  /**
   * Reads a frame; messages share its bytes.
   *
   * @throws IOException when it is none
   */
  static Frame parse(Buffer buffer) throws IOException {
    byte[] bytes = buffer.getBytes();
    if (bytes.length < HEADER_BYTES) {
      throw new IOException("frame of " + bytes.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    long clusterId = in.getLong();
    long storeId = in.getLong();
    long session = in.getLong();
    long sequence = in.getLong();
    byte kind = in.get();
    List<RaftMessage> messages = new ArrayList<>();
    while (in.hasRemaining()) {
      int size = in.remaining() < Integer.BYTES ? -1 : in.getInt();
      if (size < 0 || size > in.remaining()) {
        throw new IOException("frame is cut off");
      }
      CodedInputStream message = CodedInputStream.newInstance(bytes, in.position(), size);
      message.enableAliasing(true);
      messages.add(RaftMessage.parseFrom(message));
      in.position(in.position() + size);
    }
    return new Frame(clusterId, storeId, session, sequence, kind == 1, messages);
  }
}
