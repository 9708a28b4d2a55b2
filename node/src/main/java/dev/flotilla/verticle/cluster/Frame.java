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
 * What travels from store to store: raft messages, and word of how far those of the other direction
 * have been taken in. A frame may have either or both.
 *
 * <pre>
 * cluster id (8) · sender's store id (8) · session (8) · sequence (8)
 * session (8) and sequence (8) of the newest frame taken in, 0 when there is no word
 * messages: length (4) · raft_serverpb.RaftMessage
 * </pre>
 *
 * @param session one life of the sender's link
 * @param sequence grows by one a frame with messages; 0 without any
 * @param credit how far the sender has taken in what the receiver sent
 */
record Frame(
    long clusterId,
    long storeId,
    long session,
    long sequence,
    Credit credit,
    List<RaftMessage> messages) {
  static final int HEADER_BYTES = 6 * Long.BYTES;

  /**
   * Up to which frame everything has been taken in by the store loop.
   *
   * @param session of the frame's sender
   * @param sequence of the frame; 0 for none
   */
  record Credit(long session, long sequence) {
    static final Credit NONE = new Credit(0, 0);
  }

  /**
   * Writes a frame.
   *
   * @param bytes what the sizes of {@code messages} add up to
   */
  static Buffer write(
      long clusterId,
      long storeId,
      long session,
      long sequence,
      Credit credit,
      List<RaftMessage> messages,
      int bytes) {
    byte[] frame = new byte[HEADER_BYTES + bytes + messages.size() * Integer.BYTES];
    ByteBuffer out =
        ByteBuffer.wrap(frame)
            .putLong(clusterId)
            .putLong(storeId)
            .putLong(session)
            .putLong(sequence)
            .putLong(credit.session())
            .putLong(credit.sequence());
    try {
      for (RaftMessage message : messages) {
        int size = message.getSerializedSize();
        out.putInt(size);
        CodedOutputStream body = CodedOutputStream.newInstance(frame, out.position(), size);
        message.writeTo(body);
        body.checkNoSpaceLeft();
        out.position(out.position() + size);
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
    Credit credit = new Credit(in.getLong(), in.getLong());
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
    return new Frame(clusterId, storeId, session, sequence, credit, messages);
  }
}
