package dev.flotilla.server;

import dev.flotilla.proto.raft_serverpb.Done;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.proto.raft_serverpb.SnapshotChunk;
import dev.flotilla.proto.tikvpb.TikvGrpcService;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.snap.SnapManager;
import dev.flotilla.raftstore.snap.SnapSink;
import dev.flotilla.security.LogPace;
import dev.flotilla.security.Sender;
import dev.flotilla.security.StoreNames;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code tikvpb.Tikv/Snapshot}: files of a snapshot from another store. The store hears of the
 * snapshot once its files are complete and durable. Any thread.
 */
public final class SnapReceiver {
  private static final Logger LOG = LoggerFactory.getLogger(SnapReceiver.class);

  /**
   * Whom this node is to receive for.
   *
   * @param storeId this store
   * @param manager the folder of snapshots
   * @param router to the store
   */
  public record Target(long storeId, SnapManager manager, RaftStoreRouter router) {}

  private final int receivesMax;
  private final boolean loopbackOnly;
  private final StoreNames names;
  private final AtomicInteger receiving = new AtomicInteger();

  /** A snapshot that is refused is sent again at once, as long as there is no room for it, say. */
  private final LogPace pace = new LogPace();

  /** Null until the store is open. */
  private final AtomicReference<@Nullable Target> target = new AtomicReference<>();

  /**
   * @param receivesMax snapshots received at once
   * @param loopbackOnly whether to refuse whoever is on another machine, as they show no
   *     certificate
   * @param names whose certificate speaks for which store
   */
  public SnapReceiver(int receivesMax, boolean loopbackOnly, StoreNames names) {
    this.receivesMax = receivesMax;
    this.loopbackOnly = loopbackOnly;
    this.names = names;
  }

  /** From now on snapshots are received. */
  public void open(Target opened) {
    target.set(opened);
  }

  void bind(GrpcServer server, Vertx vertx) {
    server.callHandler(
        Decoded.tolerant(TikvGrpcService.Snapshot), call -> new Stream(call, vertx).open());
  }

  private boolean mayCome(@Nullable SocketAddress remote) {
    return !loopbackOnly
        || (remote != null
            && (remote.hostAddress().startsWith("127.")
                || remote.hostAddress().contains("::1")
                || remote.hostAddress().equals("0:0:0:0:0:0:0:1")));
  }

  /** One snapshot; its fields belong to its event loop, its sink to one blocking call at a time. */
  private final class Stream {
    private final GrpcServerRequest<Decoded<SnapshotChunk>, Done> call;
    private final Vertx vertx;
    private @Nullable Target to;
    private @Nullable RaftMessage message;
    private @Nullable SnapSink sink;

    /** Whether all is here from an earlier time; what still comes is passed over. */
    private boolean here;

    private boolean ended;
    private boolean over;
    private boolean busy;

    /** Whether this is one of those that are received at once. */
    private boolean counted;

    /** Set by the last step, read after it. */
    private volatile boolean finished;

    Stream(GrpcServerRequest<Decoded<SnapshotChunk>, Done> call, Vertx vertx) {
      this.call = call;
      this.vertx = vertx;
    }

    void open() {
      call.exceptionHandler(gone -> abandon());
      call.errorHandler(reset -> abandon());
      // One who has sent all, and whose connection ends, is missed here only.
      call.response().exceptionHandler(gone -> abandon());
      to = target.get();
      if (to == null) {
        refuse(GrpcStatus.UNAVAILABLE, "the store is not open yet");
      } else if (!mayCome(call.connection().remoteAddress())) {
        refuse(GrpcStatus.PERMISSION_DENIED, "snapshots are taken from this machine only");
      } else {
        call.invalidMessageHandler(
            invalid -> refuse(GrpcStatus.RESOURCE_EXHAUSTED, UnreadMessage.text(invalid)));
        call.endHandler(done -> onEnd());
        call.handler(this::onMessage);
      }
    }

    /** Whether it is the store's node that sends in its name, where that can be known. */
    private boolean isOf(long storeId) {
      return !names.isChecked() || names.admits(storeId, Sender.of(call.connection().sslSession()));
    }

    private void onMessage(Decoded<SnapshotChunk> decoded) {
      SnapshotChunk chunk = decoded.message();
      if (over) {
        return;
      }
      if (chunk == null) {
        refuse(GrpcStatus.INVALID_ARGUMENT, "malformed message");
      } else if (message == null) {
        onAnnounced(chunk.getMessage());
      } else if (!here) {
        block(() -> write(chunk));
      }
    }

    /** Only now is it known who sends: who says nothing must not take a place from who does. */
    private void onAnnounced(RaftMessage announced) {
      long sender = announced.getFromPeer().getStoreId();
      if (!isOf(sender)) {
        refuse(
            GrpcStatus.PERMISSION_DENIED,
            "your certificate is not that of the node of store " + sender);
      } else if (receiving.incrementAndGet() > receivesMax) {
        receiving.decrementAndGet();
        refuse(GrpcStatus.RESOURCE_EXHAUSTED, "too many snapshots at once");
      } else {
        counted = true;
        message = announced;
        block(() -> begin(announced));
      }
    }

    private @Nullable Void begin(RaftMessage announced) throws IOException {
      Target store = to;
      if (store == null
          || !announced.getMessage().hasSnapshot()
          || announced.getToPeer().getStoreId() != store.storeId()) {
        throw new IOException("the snapshot is not for this store");
      }
      SnapSink opened = SnapSink.open(store.manager(), announced);
      sink = opened;
      here = opened.isHere();
      return null;
    }

    private @Nullable Void write(SnapshotChunk chunk) throws IOException {
      SnapSink open = sink;
      if (chunk.getData().isEmpty() || open == null) {
        throw new IOException("a chunk without data");
      }
      open.write(chunk.getData());
      return null;
    }

    private void onEnd() {
      ended = true;
      if (!busy && !over) {
        finish();
      }
    }

    private void finish() {
      SnapSink open = sink;
      if (open == null) {
        refuse(GrpcStatus.INVALID_ARGUMENT, "no snapshot was announced");
        return;
      }
      ended = false;
      block(
          () -> {
            if (!here) {
              open.complete();
            }
            return complete();
          });
    }

    /** Everything is durable; the store may know. */
    private @Nullable Void complete() {
      Target store = to;
      RaftMessage announced = message;
      if (store != null && announced != null) {
        store.router().send(new Msg.Raft(announced));
      }
      finished = true;
      return null;
    }

    /** Runs a step on a worker; nothing more is read before it is done. */
    private void block(Callable<@Nullable Void> step) {
      busy = true;
      call.pause();
      vertx
          .executeBlocking(step)
          .onComplete(
              done -> {
                busy = false;
                if (over) {
                  close();
                } else if (finished) {
                  over = true;
                  close();
                  call.response().end(Done.getDefaultInstance());
                } else if (ended) {
                  finish();
                } else {
                  call.resume();
                }
              },
              failure -> {
                busy = false;
                if (pace.allows()) {
                  LOG.warn("a snapshot was not received: {}", failure.getMessage());
                }
                boolean told = over;
                over = true;
                close();
                if (!told) {
                  end(GrpcStatus.ABORTED, String.valueOf(failure.getMessage()));
                }
              });
    }

    private void abandon() {
      if (!over) {
        over = true;
        if (!busy) {
          close();
        }
      }
    }

    private void refuse(GrpcStatus status, String text) {
      if (!over) {
        abandon();
        end(status, text);
      }
    }

    private void close() {
      SnapSink open = sink;
      sink = null;
      release();
      if (open != null) {
        vertx
            .executeBlocking(
                () -> {
                  open.close();
                  return true;
                })
            .onFailure(failure -> LOG.warn("a part of a snapshot stays", failure));
      }
    }

    private void release() {
      if (counted) {
        counted = false;
        receiving.decrementAndGet();
      }
    }

    private void end(GrpcStatus status, String text) {
      call.response().status(status).statusMessage(text).end();
    }
  }
}
