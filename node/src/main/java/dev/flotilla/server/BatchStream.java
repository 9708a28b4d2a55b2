package dev.flotilla.server;

import com.google.protobuf.MessageLite;
import dev.flotilla.proto.tikvpb.BatchCommandsEmptyResponse;
import dev.flotilla.proto.tikvpb.BatchCommandsRequest;
import dev.flotilla.proto.tikvpb.BatchCommandsResponse;
import dev.flotilla.proto.tikvpb.BatchCommandsResponse.Response;
import dev.flotilla.raftstore.Refusal;
import io.vertx.core.Future;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServerRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream of commands; its fields belong to its event loop. Answers that are there together
 * leave as one message.
 */
final class BatchStream {
  /** Commands that may be in flight; then the stream is not read until half are answered. */
  static final int IN_FLIGHT_MAX = 1024;

  /** Commands of one message, which are all taken at once; a Go client sends 128 by default. */
  static final int MESSAGE_COMMANDS_MAX = 8192;

  private static final Logger LOG = LoggerFactory.getLogger(BatchStream.class);
  private static final int RESPONSE_BYTES_MAX = 1 << 20;

  private final GrpcServerRequest<Decoded<BatchCommandsRequest>, BatchCommandsResponse> call;
  private final Inflow inflow;
  private final BatchStreams streams;
  private BatchCommandsResponse.Builder ready = BatchCommandsResponse.newBuilder();
  private long readyBytes;
  private int inFlight;

  /** Whether the end of this round of answers is told. */
  private boolean awaited;

  private boolean halfClosed;

  /** Written on the event loop only. */
  private volatile boolean over;

  BatchStream(
      GrpcServerRequest<Decoded<BatchCommandsRequest>, BatchCommandsResponse> call,
      BatchStreams streams) {
    this.call = call;
    this.inflow = new Inflow(call);
    this.streams = streams;
  }

  void open() {
    call.exceptionHandler(gone -> over = true);
    call.errorHandler(reset -> over = true);
    // One who has said all, and whose connection ends, is missed here only.
    call.response().exceptionHandler(gone -> over = true);
    call.invalidMessageHandler(
        invalid -> fail(GrpcStatus.RESOURCE_EXHAUSTED, UnreadMessage.text(invalid)));
    call.endHandler(
        end -> {
          halfClosed = true;
          endWhenDone();
        });
    call.response().drainHandler(drained -> resumeWhenCalm());
    call.handler(this::onBatch);
  }

  /** Any thread: whether nobody waits for answers any more. */
  boolean isOver() {
    return over;
  }

  private void onBatch(Decoded<BatchCommandsRequest> decoded) {
    BatchCommandsRequest batch = decoded.message();
    if (over) {
      return;
    }
    if (batch == null) {
      fail(GrpcStatus.INVALID_ARGUMENT, "malformed message");
      return;
    }
    if (batch.getRequestsCount() != batch.getRequestIdsCount()) {
      fail(GrpcStatus.INVALID_ARGUMENT, "each command needs an id");
      return;
    }
    if (batch.getRequestsCount() > MESSAGE_COMMANDS_MAX) {
      fail(
          GrpcStatus.RESOURCE_EXHAUSTED,
          "a message takes at most " + MESSAGE_COMMANDS_MAX + " commands");
      return;
    }
    inFlight += batch.getRequestsCount();
    if (inFlight >= IN_FLIGHT_MAX) {
      inflow.pause();
    }
    for (int i = 0; i < batch.getRequestsCount(); i++) {
      serve(batch.getRequests(i), batch.getRequestIds(i));
    }
    // Those that were answered at once.
    flush();
  }

  private void serve(BatchCommandsRequest.Request request, long id) {
    BatchKinds.Kind<?, ?> kind = streams.kinds().of(request.getCmdCase());
    if (kind != null) {
      serve(kind, request, id);
      return;
    }
    Response.Builder response = Response.newBuilder();
    if (request.hasEmpty()) {
      response.setEmpty(
          BatchCommandsEmptyResponse.newBuilder().setTestId(request.getEmpty().getTestId()));
    }
    // Of a kind that is not served: an answer without content, as TiKV gives it.
    Response answer = response.build();
    streams.tracker().unsent().add(answer.getSerializedSize());
    answer(id, answer);
  }

  private <P extends MessageLite, R extends MessageLite> void serve(
      BatchKinds.Kind<P, R> kind, BatchCommandsRequest.Request request, long id) {
    P message = kind.request().apply(request);
    BatchCommand<P, R> command =
        new BatchCommand<>(
            this, id, kind, streams.tracker(), streams.timing(kind.method().method()));
    if (streams.isStopping()) {
      command.refused(new Refusal.ServerIsBusy("node is stopping"));
    } else if (!streams.tracker().accept(command, message.getSerializedSize())) {
      command.refused(new Refusal.ServerIsBusy("too many bytes of requests are in flight"));
    } else {
      try {
        kind.method().serve(message, command);
      } catch (RuntimeException bug) {
        LOG.error("{} failed", kind.method().method().fullMethodName(), bug);
        command.rejected("internal error");
      }
    }
  }

  /**
   * Event loop: takes the answer to one command, which leaves with the next {@link #flush}.
   *
   * @param response counted as unsent
   */
  void answer(long id, Response response) {
    inFlight--;
    if (over) {
      streams.tracker().unsent().left(response.getSerializedSize());
      return;
    }
    if (!awaited) {
      awaited = true;
      streams.tracker().afterAnswers(this::onAnswers);
    }
    ready.addResponses(response).addRequestIds(id);
    readyBytes += response.getSerializedSize();
    if (readyBytes >= RESPONSE_BYTES_MAX) {
      flush();
    }
  }

  private void onAnswers() {
    awaited = false;
    flush();
  }

  private void flush() {
    if (ready.getResponsesCount() > 0) {
      writeReady();
    }
    resumeWhenCalm();
    endWhenDone();
  }

  private void writeReady() {
    BatchCommandsResponse message = ready.build();
    long bytes = readyBytes;
    ready = BatchCommandsResponse.newBuilder();
    readyBytes = 0;
    Future<Void> written = Future.succeededFuture();
    try {
      if (!over) {
        written = call.response().write(message);
        inflow.onWritten();
      }
    } finally {
      streams.tracker().unsent().leaves(written, bytes);
    }
  }

  private void resumeWhenCalm() {
    if (!over && inFlight <= IN_FLIGHT_MAX / 2) {
      inflow.resume();
    }
  }

  private void endWhenDone() {
    if (halfClosed && inFlight == 0 && !over) {
      over = true;
      call.response().end();
    }
  }

  private void fail(GrpcStatus status, String text) {
    if (!over) {
      over = true;
      call.response().status(status).statusMessage(text).end();
    }
  }
}
