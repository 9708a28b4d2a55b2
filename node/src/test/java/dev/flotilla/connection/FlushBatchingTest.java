package dev.flotilla.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls that share a connection, spoken to the server in frames of HTTP/2. */
class FlushBatchingTest {
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int END_OF_STREAM_AND_HEADERS = 5;
  private static final int FRAME_HEADER_BYTES = 9;

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  /** As a client does whose deadline has passed, while the answer waits to leave. */
  @Test
  void aCallThatIsGivenUpCostsTheOthersNothing() throws Exception {
    HttpServer server =
        vertx
            .createHttpServer()
            .connectionHandler(FlushBatching::install)
            .requestHandler(FlushBatchingTest::answer);
    server.listen(0, "127.0.0.1").await(10, TimeUnit.SECONDS);
    CompletableFuture<Set<Integer>> answered = new CompletableFuture<>();
    vertx
        .createNetClient()
        .connect(server.actualPort(), "127.0.0.1")
        .onFailure(answered::completeExceptionally)
        .onSuccess(
            socket -> {
              Frames frames = new Frames(answered);
              socket.handler(frames::take);
              socket.closeHandler(
                  end -> answered.completeExceptionally(new AssertionError("connection closed")));
              Buffer sent = Buffer.buffer("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
              append(sent, SETTINGS, 0, 0);
              append(sent, HEADERS, END_OF_STREAM_AND_HEADERS, 1, 0x83, 0x86, 0x84, 0x41, 1, 'h');
              append(sent, RST_STREAM, 0, 1, 0, 0, 0, 8);
              append(sent, HEADERS, END_OF_STREAM_AND_HEADERS, 3, 0x83, 0x86, 0x84, 0x41, 1, 'h');
              socket.write(sent);
            });
    assertThat(answered.get(20, TimeUnit.SECONDS)).contains(3);
  }

  /** A message and trailers, like those of gRPC. */
  private static void answer(HttpServerRequest request) {
    request.response().setChunked(true).putTrailer("grpc-status", "0").write("answer");
    request.response().end();
  }

  private static void append(Buffer to, int type, int flags, int stream, int... payload) {
    to.appendMedium(payload.length).appendUnsignedByte((short) type);
    to.appendUnsignedByte((short) flags).appendInt(stream);
    for (int each : payload) {
      to.appendUnsignedByte((short) each);
    }
  }

  /** Reads which streams the server has ended. */
  private static final class Frames {
    private final CompletableFuture<Set<Integer>> ended;
    private final Set<Integer> seen = ConcurrentHashMap.newKeySet();
    private Buffer unread = Buffer.buffer();

    Frames(CompletableFuture<Set<Integer>> ended) {
      this.ended = ended;
    }

    void take(Buffer more) {
      unread.appendBuffer(more);
      while (unread.length() >= FRAME_HEADER_BYTES) {
        int end = FRAME_HEADER_BYTES + unread.getUnsignedMedium(0);
        if (unread.length() < end) {
          return;
        }
        boolean isLast = unread.getByte(3) == HEADERS && (unread.getByte(4) & 1) != 0;
        if (isLast) {
          seen.add(unread.getInt(5));
        }
        if (seen.contains(3)) {
          ended.complete(seen);
        }
        unread = unread.slice(end, unread.length()).copy();
      }
    }
  }
}
