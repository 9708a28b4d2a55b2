package dev.flotilla.server;

import static io.vertx.core.Future.succeededFuture;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.raft_serverpb.Done;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.proto.raft_serverpb.SnapshotChunk;
import dev.flotilla.proto.tikvpb.TikvGrpcClient;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.snap.SnapKey;
import dev.flotilla.raftstore.snap.SnapManager;
import dev.flotilla.raftstore.snap.WrittenSnapshots;
import dev.flotilla.security.StoreNames;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The place of one who sends what is no snapshot is free for one who does. */
class SnapReceiverTest {
  private static final int MESSAGE_BYTES_MAX = 1 << 16;
  private static final ServiceMethod<Buffer, Buffer> BYTES =
      ServiceMethod.client(
          TikvGrpcClient.Snapshot.serviceName(),
          TikvGrpcClient.Snapshot.methodName(),
          GrpcMessageEncoder.IDENTITY,
          GrpcMessageDecoder.IDENTITY);

  @TempDir private Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final GrpcClient client = GrpcClient.client(vertx);

  /** A field, as Vert.x closes clients that nobody holds. */
  private final HttpClient http2 =
      vertx.createHttpClient(
          new HttpClientOptions()
              .setProtocolVersion(HttpVersion.HTTP_2)
              .setHttp2ClearTextUpgrade(false));

  private final List<Msg> heard = new CopyOnWriteArrayList<>();
  private final List<Throwable> unhandled = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Context> lost = new CompletableFuture<>();
  private RaftStoreRouter store = heard::add;

  @SuppressWarnings("NullAway.Init") // set before each test
  private SocketAddress server;

  @SuppressWarnings("NullAway.Init") // set before each test
  private SnapManager manager;

  @BeforeEach
  void listen() throws Exception {
    vertx.exceptionHandler(unhandled::add);
    SnapReceiver receiver = new SnapReceiver(1, true, new StoreNames(false));
    manager = new SnapManager(folder.resolve("received"));
    receiver.open(new SnapReceiver.Target(0, manager, store));
    GrpcServer grpc =
        GrpcServer.server(vertx, new GrpcServerOptions().setMaxMessageSize(MESSAGE_BYTES_MAX));
    receiver.bind(grpc, vertx);
    HttpServer http =
        vertx
            .createHttpServer()
            .connectionHandler(
                connection ->
                    connection.closeHandler(closed -> lost.complete(vertx.getOrCreateContext())))
            .requestHandler(grpc)
            .listen(0, "127.0.0.1")
            .await(10, TimeUnit.SECONDS);
    server = SocketAddress.inetSocketAddress(http.actualPort(), "127.0.0.1");
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private GrpcClientRequest<SnapshotChunk, Done> send(RaftMessage message) throws Exception {
    GrpcClientRequest<SnapshotChunk, Done> call =
        client.request(server, TikvGrpcClient.Snapshot).await(10, TimeUnit.SECONDS);
    call.write(SnapshotChunk.newBuilder().setMessage(message).build());
    call.end(SnapshotChunk.newBuilder().setData(ByteString.copyFrom(new byte[100])).build());
    return call;
  }

  private RaftMessage snapshot() throws IOException {
    return WrittenSnapshots.build(
        new SnapManager(folder.resolve("sent")), new SnapKey(7, 5, 120), new byte[100]);
  }

  private void aSnapshotIsReceived() throws Exception {
    RaftMessage message = snapshot();
    GrpcClientRequest<SnapshotChunk, Done> call = send(message);
    Done done = call.response().compose(response -> response.last()).await(10, TimeUnit.SECONDS);
    assertThat(done).isEqualTo(Done.getDefaultInstance());
    assertThat(heard).containsExactly(new Msg.Raft(message));
  }

  /** Sends {@code message} and waits for the end of the call. */
  private GrpcStatus answerTo(Buffer message) throws Exception {
    GrpcClientRequest<Buffer, Buffer> call =
        client.request(server, BYTES).await(10, TimeUnit.SECONDS);
    call.write(message);
    return call.response()
        .compose(response -> response.end().transform(end -> succeededFuture(response.status())))
        .await(10, TimeUnit.SECONDS);
  }

  @Test
  void whoSendsWhatIsNoMessageIsToldSo() throws Exception {
    assertThat(answerTo(Buffer.buffer(new byte[] {-1, -1, -1})))
        .isEqualTo(GrpcStatus.INVALID_ARGUMENT);
    aSnapshotIsReceived();
  }

  @Test
  void whoSendsTooLargeAMessageIsToldSo() throws Exception {
    assertThat(answerTo(Buffer.buffer(new byte[MESSAGE_BYTES_MAX + 1])))
        .isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
    aSnapshotIsReceived();
  }

  /** He has said all, so that only the way back to him can tell that he has gone. */
  @Test
  void whoGoesBeforeTheAnswerIsNoFault() throws Exception {
    CompletableFuture<Void> gone = new CompletableFuture<>();
    CompletableFuture<Void> received = new CompletableFuture<>();
    store =
        message -> {
          received.complete(null);
          gone.join();
          return true;
        };
    listen();
    GrpcClientRequest<SnapshotChunk, Done> call = send(snapshot());
    received.get(10, TimeUnit.SECONDS);
    call.connection().close();
    Context loop = lost.get(10, TimeUnit.SECONDS);
    gone.complete(null);
    Awaitility.await().until(() -> manager.receiving() == 0);
    CompletableFuture<Void> rest = new CompletableFuture<>();
    loop.runOnContext(ignored -> rest.complete(null));
    rest.get(10, TimeUnit.SECONDS);
    assertThat(unhandled).isEmpty();
  }

  /** Whoever he is: before the first message nothing is known of him. */
  @Test
  void whoHasSentNothingTakesNoPlace() throws Exception {
    http2
        .request(HttpMethod.POST, server.port(), server.host(), "/" + BYTES.fullMethodName())
        .compose(
            silent ->
                silent
                    .setChunked(true)
                    .putHeader("content-type", "application/grpc")
                    .sendHead()
                    // Answered by the same connection, so behind the call.
                    .compose(sent -> silent.connection().ping(Buffer.buffer(new byte[8]))))
        .await(10, TimeUnit.SECONDS);
    aSnapshotIsReceived();
  }
}
