package dev.flotilla.verticle.cluster;

import com.google.protobuf.ByteString;
import dev.flotilla.config.HostPort;
import dev.flotilla.config.SnapshotConfig;
import dev.flotilla.connection.Opening;
import dev.flotilla.proto.raft_serverpb.Done;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.proto.raft_serverpb.SnapshotChunk;
import dev.flotilla.proto.tikvpb.TikvGrpcClient;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.snap.SnapManager;
import dev.flotilla.raftstore.snap.SnapSink;
import dev.flotilla.raftstore.snap.SnapSource;
import dev.flotilla.security.Credentials;
import dev.flotilla.security.LogPace;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.common.GrpcReadStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends snapshots to other stores: a stream of chunks each, a few at once, within a rate. Whatever
 * becomes of one is told to the store, once.
 */
public final class SnapshotSender {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotSender.class);
  private static final int CHUNK_BYTES = 1 << 20;
  private static final int WAITING_MAX = 256;

  /** Longest time that the other side may leave one step without an answer. */
  private static final Duration SILENCE_MAX = Duration.ofSeconds(60);

  private final Vertx vertx;

  /** Where sending goes on, file reads aside, which are on Vert.x's own workers. */
  private final Context context;

  private final SnapshotConfig config;
  private final SnapManager manager;
  private final RaftStoreRouter router;
  private final Function<Long, Future<HostPort>> directory;
  private final Duration silenceMax;
  private final int chunkBytes;
  private final GrpcClient client;
  private final ArrayDeque<RaftMessage> waiting = new ArrayDeque<>();
  private final LogPace pace = new LogPace();
  private int sending;

  /**
   * To be made on an event loop.
   *
   * @param directory where a store's clients' port is
   * @param credentials encrypt the way there, if given
   * @throws IllegalStateException when called by a worker of Vert.x
   */
  public SnapshotSender(
      Vertx vertx,
      SnapshotConfig config,
      SnapManager manager,
      RaftStoreRouter router,
      Function<Long, Future<HostPort>> directory,
      Optional<Credentials> credentials) {
    this(vertx, config, manager, router, directory, credentials, SILENCE_MAX, CHUNK_BYTES);
  }

  /** As the other, with another longest time for a step and another size of chunks. */
  SnapshotSender(
      Vertx vertx,
      SnapshotConfig config,
      SnapManager manager,
      RaftStoreRouter router,
      Function<Long, Future<HostPort>> directory,
      Optional<Credentials> credentials,
      Duration silenceMax,
      int chunkBytes) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    if (!context.isEventLoopContext()) {
      throw new IllegalStateException("the pool of a worker would read the files");
    }
    this.config = config;
    this.manager = manager;
    this.router = router;
    this.directory = directory;
    this.silenceMax = silenceMax;
    // What a second's share allows: where few bytes go to many, the pause after a chunk that is
    // larger would be longer than the other side lets a connection be idle.
    this.chunkBytes = (int) Math.min(chunkBytes, config.bytesPerSecond() / config.sendsMax());
    HttpClientOptions http =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false)
            // Something between two hosts may forget a connection, of which neither end hears.
            .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
            .setReadIdleTimeout((int) (2 * silenceMax.toMillis()));
    credentials.ifPresent(shown -> shown.protect(http));
    this.client = GrpcClient.client(vertx, new GrpcClientOptions(), http);
  }

  /** Takes a message with a snapshot. Any thread; never blocks. */
  public synchronized void send(RaftMessage message) {
    if (waiting.size() >= WAITING_MAX) {
      report(message, false);
      return;
    }
    waiting.addLast(message);
    next();
  }

  private synchronized void next() {
    while (sending < config.sendsMax() && !waiting.isEmpty()) {
      sending++;
      RaftMessage message = waiting.removeFirst();
      // Not in the caller's, the store loop's: it would read the files and build the chunks.
      context.runOnContext(ignored -> stream(message).onComplete(done -> onEnd(message, done)));
    }
  }

  private void onEnd(RaftMessage message, AsyncResult<Void> outcome) {
    if (outcome.failed() && pace.allows()) {
      LOG.warn(
          "snapshot of region {} was not sent to store {}: {}",
          message.getRegionId(),
          message.getToPeer().getStoreId(),
          String.valueOf(outcome.cause().getMessage()));
    }
    report(message, outcome.succeeded());
    synchronized (this) {
      sending--;
    }
    next();
  }

  private void report(RaftMessage message, boolean received) {
    router.send(
        new Msg.SnapshotStatus(message.getRegionId(), message.getToPeer().getId(), received));
  }

  private Future<Void> stream(RaftMessage message) {
    return vertx
        .executeBlocking(() -> SnapSource.open(manager, SnapSink.keyOf(message)), false)
        .compose(
            source ->
                directory
                    .apply(message.getToPeer().getStoreId())
                    .compose(
                        address ->
                            Opening.of(
                                client,
                                Opening.at(address.host(), address.port()),
                                TikvGrpcClient.Snapshot,
                                silenceMax))
                    .compose(request -> stream(request, message, source))
                    .eventually(
                        () ->
                            vertx.executeBlocking(
                                () -> {
                                  source.close();
                                  return true;
                                },
                                false)));
  }

  private Future<Void> stream(
      GrpcClientRequest<SnapshotChunk, Done> request, RaftMessage message, SnapSource source) {
    Promise<Void> outcome = Promise.promise();
    Future<Done> answer = request.response().compose(GrpcReadStream::last);
    // It may come at any time: that of a store that takes no more comes before the first chunk.
    answer.onComplete(done -> outcome.tryComplete(), outcome::tryFail);
    inTime(request.write(SnapshotChunk.newBuilder().setMessage(message).build()))
        .compose(written -> chunks(request, source))
        .compose(sent -> inTime(answer))
        .onFailure(
            failure -> {
              request.cancel();
              outcome.tryFail(failure);
            });
    return outcome.future();
  }

  /**
   * Waits for the other side, which may be gone. How long all takes is for size and rate to say.
   */
  private <T> Future<T> inTime(Future<T> step) {
    return step.timeout(silenceMax.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** One chunk after the other, each when the one before is on its way and the rate allows. */
  private Future<Void> chunks(GrpcClientRequest<SnapshotChunk, Done> request, SnapSource source) {
    Promise<Void> sent = Promise.promise();
    next(request, source, sent);
    return sent.future();
  }

  /**
   * No chunk's future is part of the one before: however many there are, they take no memory, and
   * what becomes of the last does not have to find its way out of all of them.
   */
  private void next(
      GrpcClientRequest<SnapshotChunk, Done> request, SnapSource source, Promise<Void> sent) {
    vertx
        .executeBlocking(() -> source.next(chunkBytes), false)
        .compose(
            bytes ->
                bytes.length == 0
                    ? inTime(request.end()).map(ended -> false)
                    : write(request, bytes).map(rested -> true))
        .onComplete(
            more -> {
              if (more) {
                next(request, source, sent);
              } else {
                sent.complete();
              }
            },
            sent::fail);
  }

  private Future<Void> write(GrpcClientRequest<SnapshotChunk, Done> request, byte[] bytes) {
    SnapshotChunk chunk = SnapshotChunk.newBuilder().setData(ByteString.copyFrom(bytes)).build();
    return inTime(request.write(chunk)).compose(written -> pause(bytes.length));
  }

  private Future<Void> pause(int bytes) {
    long millis = bytes * 1000L * config.sendsMax() / config.bytesPerSecond();
    if (millis == 0) {
      return Future.succeededFuture();
    }
    Promise<Void> rested = Promise.promise();
    vertx.setTimer(millis, id -> rested.complete());
    return rested.future();
  }
}
