package dev.flotilla.server;

import dev.flotilla.config.SettingText;
import dev.flotilla.proto.import_sstpb.RawWriteRequest;
import dev.flotilla.proto.import_sstpb.RawWriteResponse;
import dev.flotilla.proto.import_sstpb.SSTMeta;
import dev.flotilla.raftstore.Refusal;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServerRequest;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream of pairs on its way into a file. Its fields belong to its event loop, its writer to
 * one blocking call at a time; no more is read from the client while there is one.
 */
final class ImportStream {
  private static final Logger LOG = LoggerFactory.getLogger(ImportStream.class);

  private final GrpcServerRequest<Decoded<RawWriteRequest>, RawWriteResponse> call;
  private final ImportFolder folder;
  private final Vertx vertx;
  private final long stallMillis;

  /** Set by the first step, used by those after it and by the close. */
  private volatile @Nullable ImportWriter writer;

  /** Fires when the client has left the stream as it is for too long. */
  private long stallTimer;

  private boolean begun;
  private boolean ended;
  private boolean busy;
  private boolean over;

  /**
   * @param stallMillis longest time that the client may take between two messages
   */
  ImportStream(
      GrpcServerRequest<Decoded<RawWriteRequest>, RawWriteResponse> call,
      ImportFolder folder,
      Vertx vertx,
      long stallMillis) {
    this.call = call;
    this.folder = folder;
    this.vertx = vertx;
    this.stallMillis = stallMillis;
  }

  void open() {
    call.exceptionHandler(gone -> abandon());
    call.errorHandler(reset -> abandon());
    // One who has sent all, and whose connection ends, is missed here only.
    call.response().exceptionHandler(gone -> abandon());
    call.invalidMessageHandler(
        invalid -> fail(GrpcStatus.RESOURCE_EXHAUSTED, UnreadMessage.text(invalid)));
    call.endHandler(
        end -> {
          ended = true;
          if (!busy) {
            finish();
          }
        });
    call.handler(this::onMessage);
    awaitMore();
  }

  /** From now on it is for the client to go on. */
  private void awaitMore() {
    stallTimer =
        vertx.setTimer(
            stallMillis,
            id ->
                fail(
                    GrpcStatus.ABORTED,
                    "no message was complete for "
                        + SettingText.of(Duration.ofMillis(stallMillis))
                        + ": the file is given up"));
  }

  private void awaitNoMore() {
    vertx.cancelTimer(stallTimer);
  }

  private void onMessage(Decoded<RawWriteRequest> decoded) {
    RawWriteRequest message = decoded.message();
    if (over) {
      return;
    }
    if (message == null) {
      fail(GrpcStatus.INVALID_ARGUMENT, "malformed message");
    } else if (begun != message.hasBatch()) {
      fail(GrpcStatus.INVALID_ARGUMENT, "a file is described once, and its pairs follow");
    } else if (begun) {
      run(() -> write(message));
    } else {
      begun = true;
      run(() -> begin(message.getMeta()));
    }
  }

  private @Nullable Void begin(SSTMeta meta) throws Exception {
    writer = new ImportWriter(folder, meta);
    return null;
  }

  private @Nullable Void write(RawWriteRequest message) throws Exception {
    ImportWriter open = writer;
    if (open != null) {
      open.write(message.getBatch());
    }
    return null;
  }

  private void run(Callable<@Nullable Void> step) {
    busy = true;
    awaitNoMore();
    call.pause();
    vertx.executeBlocking(step, false).onComplete(done -> onStep(), this::onFailure);
  }

  private void onStep() {
    busy = false;
    if (over) {
      close();
    } else if (ended) {
      finish();
    } else {
      awaitMore();
      call.resume();
    }
  }

  private void onFailure(Throwable failure) {
    busy = false;
    if (failure instanceof Refusal.Invalid) {
      fail(GrpcStatus.INVALID_ARGUMENT, String.valueOf(failure.getMessage()));
    } else if (failure instanceof Refusal) {
      fail(GrpcStatus.RESOURCE_EXHAUSTED, String.valueOf(failure.getMessage()));
    } else {
      LOG.warn("pairs to be taken in could not be kept", failure);
      fail(GrpcStatus.INTERNAL, "pairs could not be kept");
    }
  }

  private void finish() {
    ImportWriter complete = writer;
    if (over) {
      return;
    }
    if (complete == null) {
      fail(GrpcStatus.INVALID_ARGUMENT, "no file was described");
      return;
    }
    busy = true;
    awaitNoMore();
    vertx
        .<@Nullable SSTMeta>executeBlocking(complete::finish, false)
        .onComplete(
            meta -> {
              busy = false;
              boolean answer = !over;
              over = true;
              close();
              if (answer) {
                RawWriteResponse.Builder response = RawWriteResponse.newBuilder();
                call.response().end((meta == null ? response : response.addMetas(meta)).build());
              }
            },
            this::onFailure);
  }

  private void fail(GrpcStatus status, String text) {
    boolean answer = !over;
    over = true;
    awaitNoMore();
    if (!busy) {
      close();
    }
    if (answer) {
      call.response().status(status).statusMessage(text).end();
    }
  }

  private void abandon() {
    if (!over) {
      over = true;
      awaitNoMore();
      if (!busy) {
        close();
      }
    }
  }

  private void close() {
    ImportWriter open = writer;
    writer = null;
    if (open != null) {
      vertx
          .executeBlocking(
              () -> {
                open.close();
                return true;
              },
              false)
          .onFailure(failure -> LOG.warn("a file of pairs could not be deleted", failure));
    }
  }
}
