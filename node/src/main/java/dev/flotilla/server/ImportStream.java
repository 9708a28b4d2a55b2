package dev.flotilla.server;

import dev.flotilla.proto.import_sstpb.RawWriteRequest;
import dev.flotilla.proto.import_sstpb.RawWriteResponse;
import dev.flotilla.proto.import_sstpb.SSTMeta;
import dev.flotilla.raftstore.Refusal;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServerRequest;
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

  /** Set by the first step, used by those after it and by the close. */
  private volatile @Nullable ImportWriter writer;

  private boolean begun;
  private boolean ended;
  private boolean busy;
  private boolean over;

  ImportStream(
      GrpcServerRequest<Decoded<RawWriteRequest>, RawWriteResponse> call,
      ImportFolder folder,
      Vertx vertx) {
    this.call = call;
    this.folder = folder;
    this.vertx = vertx;
  }

  void open() {
    call.exceptionHandler(gone -> abandon());
    call.errorHandler(reset -> abandon());
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
