package dev.flotilla.connection;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.CompletableFuture;

/** What a client says in frames of HTTP/2, all of it in one piece. */
public final class RawHttp2 {
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int END_OF_STREAM = 1;
  private static final int END_OF_STREAM_AND_HEADERS = 5;
  private static final int FRAME_HEADER_BYTES = 9;

  private final Buffer said = Buffer.buffer("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

  public RawHttp2() {
    frame(SETTINGS, 0, 0);
  }

  /** A call of {@code /} without a body. */
  public RawHttp2 call(int stream) {
    return frame(HEADERS, END_OF_STREAM_AND_HEADERS, stream, 0x83, 0x86, 0x84, 0x41, 1, 'h');
  }

  /** The call is cancelled. */
  public RawHttp2 giveUp(int stream) {
    return frame(RST_STREAM, 0, stream, 0, 0, 0, 8);
  }

  private RawHttp2 frame(int type, int flags, int stream, int... payload) {
    said.appendMedium(payload.length).appendUnsignedByte((short) type);
    said.appendUnsignedByte((short) flags).appendInt(stream);
    for (int each : payload) {
      said.appendUnsignedByte((short) each);
    }
    return this;
  }

  /** Says it; completes when {@code stream} is answered, fails when the connection is closed. */
  public CompletableFuture<Void> untilAnswered(Vertx vertx, int port, int stream) {
    CompletableFuture<Void> answered = new CompletableFuture<>();
    vertx
        .createNetClient()
        .connect(port, "127.0.0.1")
        .onFailure(answered::completeExceptionally)
        .onSuccess(
            socket -> {
              Buffer unread = Buffer.buffer();
              socket.closeHandler(
                  end -> answered.completeExceptionally(new AssertionError("connection closed")));
              socket.handler(
                  more -> {
                    if (isEnded(unread.appendBuffer(more), stream)) {
                      answered.complete(null);
                    }
                  });
              socket.write(said);
            });
    return answered;
  }

  /** Whether the last frame of {@code stream} is among all that was heard. */
  private static boolean isEnded(Buffer heard, int stream) {
    for (int at = 0; at + FRAME_HEADER_BYTES <= heard.length(); ) {
      if (heard.getByte(at + 3) == HEADERS
          && (heard.getByte(at + 4) & END_OF_STREAM) != 0
          && heard.getInt(at + 5) == stream) {
        return true;
      }
      at += FRAME_HEADER_BYTES + heard.getUnsignedMedium(at);
    }
    return false;
  }
}
