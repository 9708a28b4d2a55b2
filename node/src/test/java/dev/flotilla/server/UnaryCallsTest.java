package dev.flotilla.server;

import static io.vertx.core.Future.succeededFuture;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.kvrpcpb.RawGetRequest;
import dev.flotilla.proto.kvrpcpb.RawGetResponse;
import dev.flotilla.proto.tikvpb.TikvGrpcClient;
import dev.flotilla.proto.tikvpb.TikvGrpcService;
import dev.flotilla.verticle.SystemClock;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that send more or less than a call takes, or do not read what they asked for. */
class UnaryCallsTest {
  private static final int BYTES_MAX = 1 << 20;
  private static final RawGetRequest ASKED =
      RawGetRequest.newBuilder().setKey(ByteString.copyFrom(new byte[60_000])).build();
  private static final RawGetResponse LARGE =
      RawGetResponse.newBuilder().setValue(ByteString.copyFrom(new byte[2 * BYTES_MAX])).build();

  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final List<UnaryCall<RawGetResponse>> served = new CopyOnWriteArrayList<>();
  private final CompletableFuture<CallTracker> tracker = new CompletableFuture<>();
  private final SocketAddress server = listen();
  private final GrpcClient client = GrpcClient.client(vertx);

  private SocketAddress listen() {
    CompletableFuture<HttpServer> listening = new CompletableFuture<>();
    loop.runOnContext(
        ignored -> {
          GrpcServer grpc = GrpcServer.server(vertx);
          SystemClock clock = new SystemClock();
          CallTracker calls = new CallTracker(vertx, loop, clock, BYTES_MAX);
          tracker.complete(calls);
          new UnaryCalls(calls, clock, CallObserver.NONE)
              .bind(
                  grpc,
                  TikvGrpcService.RawGet,
                  error -> RawGetResponse.newBuilder().setRegionError(error).build(),
                  (request, call) -> served.add(call));
          vertx
              .createHttpServer()
              .requestHandler(grpc)
              .listen(0, "127.0.0.1")
              .onSuccess(listening::complete);
        });
    return SocketAddress.inetSocketAddress(listening.join().actualPort(), "127.0.0.1");
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private GrpcClientRequest<RawGetRequest, RawGetResponse> open() throws Exception {
    return client.request(server, TikvGrpcClient.RawGet).await(10, TimeUnit.SECONDS);
  }

  private UnaryCall<RawGetResponse> next() {
    Awaitility.await().until(() -> !served.isEmpty());
    return served.remove(0);
  }

  private static GrpcStatus statusOf(GrpcClientRequest<RawGetRequest, RawGetResponse> call)
      throws Exception {
    return call.response()
        .compose(response -> response.end().transform(end -> succeededFuture(response.status())))
        .await(10, TimeUnit.SECONDS);
  }

  @Test
  void aSecondMessageIsRefusedAndTakesNoRoom() throws Exception {
    for (int i = 0; i < 40; i++) {
      GrpcClientRequest<RawGetRequest, RawGetResponse> call = open();
      call.write(ASKED);
      call.end(ASKED);
      assertThat(statusOf(call)).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
      next().done(RawGetResponse.getDefaultInstance());
    }
    assertThat(served).as("the second message of a call").isEmpty();
    GrpcClientRequest<RawGetRequest, RawGetResponse> decent = open();
    decent.end(ASKED);
    next().done(RawGetResponse.getDefaultInstance());
    assertThat(statusOf(decent)).isEqualTo(GrpcStatus.OK);
    assertThat(tracker.join().inFlight()).isZero();
  }

  @Test
  void aCallWithoutAMessageIsAnswered() throws Exception {
    GrpcClientRequest<RawGetRequest, RawGetResponse> call = open();
    call.end();
    assertThat(statusOf(call)).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
  }

  /** The words travel in a header, and who finds it too large breaks off the connection. */
  @Test
  void longWordsDoNotBreakTheConnection() throws Exception {
    GrpcClientRequest<RawGetRequest, RawGetResponse> other = open();
    other.end(ASKED);
    UnaryCall<RawGetResponse> waiting = next();
    GrpcClientRequest<RawGetRequest, RawGetResponse> call = open();
    call.end(ASKED);
    next().fail(GrpcStatus.INVALID_ARGUMENT, "no: " + "\u00fc".repeat(100_000));
    assertThat(statusOf(call)).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
    assertThat(call.response().result().statusMessage()).startsWith("no: \u00fc");
    waiting.done(RawGetResponse.getDefaultInstance());
    assertThat(statusOf(other)).isEqualTo(GrpcStatus.OK);
  }

  /** A call whose answer is there, larger than there is room and not read by its client. */
  private GrpcClientRequest<RawGetRequest, RawGetResponse> unread() throws Exception {
    GrpcClientRequest<RawGetRequest, RawGetResponse> call = open();
    call.response().onSuccess(response -> response.pause());
    call.end(ASKED);
    UnaryCall<RawGetResponse> asked = next();
    assertThat(asked.hasRoom()).isTrue();
    CompletableFuture<Boolean> room = new CompletableFuture<>();
    // On the event loop, which writes the answer only afterwards.
    loop.runOnContext(
        ignored -> {
          asked.done(LARGE);
          room.complete(asked.hasRoom());
        });
    assertThat(room).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo(false);
    call.response().await(10, TimeUnit.SECONDS);
    return call;
  }

  private void hasRoomAgain() {
    Awaitility.await().until(() -> tracker.join().unsent().hasRoom());
  }

  @Test
  void thereIsRoomAgainWhenTheAnswerIsRead() throws Exception {
    GrpcClientRequest<RawGetRequest, RawGetResponse> call = unread();
    call.response().onSuccess(response -> response.resume());
    hasRoomAgain();
  }

  @Test
  void thereIsRoomAgainWhenTheClientCancels() throws Exception {
    GrpcClientRequest<RawGetRequest, RawGetResponse> call = unread();
    call.cancel();
    hasRoomAgain();
  }

  @Test
  void thereIsRoomAgainWhenTheConnectionIsLost() throws Exception {
    GrpcClientRequest<RawGetRequest, RawGetResponse> call = unread();
    call.connection().close();
    hasRoomAgain();
  }

  @Test
  void anAnswerToAClientThatHasGoneTakesNoRoom() throws Exception {
    GrpcClientRequest<RawGetRequest, RawGetResponse> call = open();
    call.end(ASKED);
    UnaryCall<RawGetResponse> asked = next();
    call.cancel();
    Awaitility.await().until(asked::isAbandoned);
    asked.done(LARGE);
    assertThat(asked.hasRoom()).isTrue();
  }

  /** What he has asked for need not be done any more. */
  @Test
  void aCallWhoseConnectionIsLostIsAbandoned() throws Exception {
    GrpcClientRequest<RawGetRequest, RawGetResponse> call = open();
    call.end(ASKED);
    UnaryCall<RawGetResponse> asked = next();
    call.connection().close();
    Awaitility.await().until(asked::isAbandoned);
    assertThat(tracker.join().inFlight()).isZero();
  }
}
