package dev.flotilla.verticle.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.config.HostPort;
import dev.flotilla.config.SnapshotConfig;
import dev.flotilla.connection.Passage;
import dev.flotilla.proto.raft_serverpb.Done;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.proto.raft_serverpb.SnapshotChunk;
import dev.flotilla.proto.tikvpb.TikvGrpcService;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.snap.SnapKey;
import dev.flotilla.raftstore.snap.SnapManager;
import dev.flotilla.raftstore.snap.WrittenSnapshots;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import io.vertx.grpc.server.GrpcServerRequest;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the store is told of a snapshot that was sent. */
class SnapshotSenderTest {
  private static final int MIB = 1 << 20;
  private static final int SIZE = 4 * MIB;

  @TempDir private Path folder;
  private final BlockingQueue<Msg.SnapshotStatus> outcomes = new LinkedBlockingQueue<>();
  private final AtomicLong received = new AtomicLong();
  private final List<String> askedOn = new CopyOnWriteArrayList<>();
  private int size = SIZE;
  private int chunkBytes = MIB;
  private long bytesPerSecond = MIB;
  private int sendsMax = 1;
  private Vertx vertx;

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  /** Sends a snapshot to a store that does {@code receiver}. */
  private Msg.SnapshotStatus send(
      Duration silenceMax, Consumer<GrpcServerRequest<SnapshotChunk, Done>> receiver)
      throws Exception {
    return send(silenceMax, listen(receiver));
  }

  /** The port of a store that does {@code receiver}. */
  private int listen(Consumer<GrpcServerRequest<SnapshotChunk, Done>> receiver) throws Exception {
    GrpcServer grpc = GrpcServer.server(vertx, new GrpcServerOptions().setMaxMessageSize(2 * MIB));
    grpc.callHandler(TikvGrpcService.Snapshot, receiver::accept);
    HttpServer server =
        vertx
            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
            .requestHandler(grpc)
            .listen()
            .await(20, TimeUnit.SECONDS);
    return server.actualPort();
  }

  private Msg.SnapshotStatus send(Duration silenceMax, int port) throws Exception {
    SnapManager manager = new SnapManager(folder);
    return send(sender(manager, silenceMax, port), snapshot(manager));
  }

  private RaftMessage snapshot(SnapManager manager) throws Exception {
    return WrittenSnapshots.build(manager, new SnapKey(7, 5, 120), new byte[size]);
  }

  private SnapshotSender sender(SnapManager manager, Duration silenceMax, int port) {
    return new SnapshotSender(
        vertx,
        new SnapshotConfig(Duration.ofMinutes(1), Duration.ofHours(4), sendsMax, 1, bytesPerSecond),
        manager,
        this::onOutcome,
        store -> {
          askedOn.add(Thread.currentThread().getName());
          return Future.succeededFuture(new HostPort("127.0.0.1", port));
        },
        Optional.empty(),
        silenceMax,
        chunkBytes);
  }

  private Msg.SnapshotStatus send(SnapshotSender sender, RaftMessage message) throws Exception {
    sendFromAWorker(() -> sender.send(message));
    Msg.SnapshotStatus outcome = outcomes.poll(60, TimeUnit.SECONDS);
    assertThat(outcomes).isEmpty();
    assertThat(outcome).isNotNull();
    return outcome;
  }

  /** As the store loop does. */
  private void sendFromAWorker(Runnable sending) throws Exception {
    vertx
        .deployVerticle(
            new VerticleBase() {
              @Override
              public Future<?> start() {
                sending.run();
                return Future.succeededFuture();
              }
            },
            new DeploymentOptions()
                .setThreadingModel(ThreadingModel.WORKER)
                .setWorkerPoolName("store")
                .setWorkerPoolSize(1))
        .await(20, TimeUnit.SECONDS);
  }

  private boolean onOutcome(Msg message) {
    return message instanceof Msg.SnapshotStatus status && outcomes.add(status);
  }

  private void receive(GrpcServerRequest<SnapshotChunk, Done> call) {
    call.handler(chunk -> received.addAndGet(chunk.getData().size()));
    call.endHandler(end -> call.response().end(Done.getDefaultInstance()));
  }

  /** A region of any size gets through, however low the rate is. */
  @Test
  void takesAsLongAsTheRateSays() throws Exception {
    assertThat(send(Duration.ofSeconds(3), this::receive).received()).isTrue();
    assertThat(received).hasValue(SIZE);
    assertThat(askedOn)
        .singleElement(InstanceOfAssertFactories.STRING)
        .as("the store loop's thread is the store loop's")
        .doesNotStartWith("store");
  }

  /** A connection on which nothing is said for as long as {@code server.idle-timeout} is closed. */
  @Test
  void saysSomethingEachSecondHoweverSmallItsShareIs() throws Exception {
    sendsMax = 1024;
    int share = MIB / sendsMax;
    size = 2 * share;
    List<Integer> chunks = new CopyOnWriteArrayList<>();
    assertThat(
            send(
                    Duration.ofSeconds(3),
                    call -> {
                      call.handler(chunk -> chunks.add(chunk.getData().size()));
                      call.endHandler(end -> call.response().end(Done.getDefaultInstance()));
                    })
                .received())
        .isTrue();
    // The first one says what is to come.
    assertThat(chunks).containsExactly(0, share, share);
  }

  /** As many chunks as some GB are: what becomes of the last must not be lost on the way out. */
  @Test
  void givesUpOnAReceiverThatDoesNotAnswerAfterAnyNumberOfChunks() throws Exception {
    chunkBytes = 16;
    size = 10_000 * chunkBytes;
    bytesPerSecond = 1L << 40;
    Msg.SnapshotStatus told =
        send(
            Duration.ofSeconds(3),
            call -> call.handler(chunk -> received.addAndGet(chunk.getData().size())));
    assertThat(told.received()).isFalse();
    assertThat(received).hasValue(size);
  }

  @Test
  void givesUpOnAReceiverThatDoesNotAnswer() throws Exception {
    assertThat(send(Duration.ofMillis(200), call -> {}).received()).isFalse();
  }

  /** One that something between the hosts has forgotten swallows whatever is sent by it. */
  @Test
  void givesUpAConnectionThatBringsNothing() throws Exception {
    Passage passage = new Passage(vertx);
    List<String> connections = new CopyOnWriteArrayList<>();
    int port =
        listen(
            call -> {
              connections.add(call.connection().remoteAddress().toString());
              if (connections.size() == 1) {
                passage.forget();
              }
              call.handler(chunk -> {});
              call.endHandler(end -> call.response().end(Done.getDefaultInstance()));
            });
    SnapManager manager = new SnapManager(folder);
    SnapshotSender sender = sender(manager, Duration.ofMillis(500), passage.open(port));
    RaftMessage message = snapshot(manager);
    for (int tries = 0; tries < 20 && connections.size() < 2; tries++) {
      send(sender, message);
    }
    assertThat(connections).hasSizeGreaterThan(1).doesNotHaveDuplicates();
  }

  /** The machine of a node that stands still takes connections for it. */
  @Test
  void givesUpOnAReceiverThatNeverSaysAWord() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      assertThat(send(Duration.ofMillis(200), silent.getLocalPort()).received()).isFalse();
    }
  }

  @Test
  void isToldThatTheReceiverTakesNoMore() throws Exception {
    Msg.SnapshotStatus told =
        send(
            Duration.ofSeconds(60),
            call -> call.response().status(GrpcStatus.RESOURCE_EXHAUSTED).end());
    assertThat(told.received()).isFalse();
  }
}
