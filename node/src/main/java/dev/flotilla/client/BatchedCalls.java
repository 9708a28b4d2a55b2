package dev.flotilla.client;

import dev.flotilla.connection.Opening;
import dev.flotilla.proto.kvrpcpb.RawDeleteRequest;
import dev.flotilla.proto.kvrpcpb.RawDeleteResponse;
import dev.flotilla.proto.kvrpcpb.RawGetRequest;
import dev.flotilla.proto.kvrpcpb.RawGetResponse;
import dev.flotilla.proto.kvrpcpb.RawPutRequest;
import dev.flotilla.proto.kvrpcpb.RawPutResponse;
import dev.flotilla.proto.kvrpcpb.RawScanRequest;
import dev.flotilla.proto.kvrpcpb.RawScanResponse;
import dev.flotilla.proto.tikvpb.BatchCommandsRequest;
import dev.flotilla.proto.tikvpb.BatchCommandsRequest.Request;
import dev.flotilla.proto.tikvpb.BatchCommandsResponse;
import dev.flotilla.proto.tikvpb.BatchCommandsResponse.Response;
import dev.flotilla.proto.tikvpb.BatchCommandsResponse.Response.CmdCase;
import dev.flotilla.proto.tikvpb.TikvGrpcClient;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Commands over one stream ({@code tikvpb.Tikv/BatchCommands}), which TiKV's Go client uses for
 * everything: what is asked in one turn of the event loop leaves together, and answers come in any
 * order. The stream is opened when there is something to send; when it breaks, what waits on it
 * fails, and the next command opens another.
 *
 * <p>Used on the event loop that made it.
 */
final class BatchedCalls implements StoreCalls {
  /** Commands that may wait for answers; more are refused. */
  static final int WAITING_MAX = 4096;

  /** Size of a message, unless one command is larger: nodes limit what they take. */
  static final int MESSAGE_BYTES_MAX = 1 << 20;

  private static final long CHECK_MILLIS = 1000;

  private record Command(long id, Request request) {}

  private final GrpcClient grpc;
  private final SocketAddress address;
  private final Duration silenceMax;
  private final Vertx vertx;
  private final Context context;
  private final Map<Long, Promise<Response>> waiting = new HashMap<>();
  private final ArrayDeque<Command> unsent = new ArrayDeque<>();
  private @Nullable GrpcClientRequest<BatchCommandsRequest, BatchCommandsResponse> stream;
  private boolean opening;
  private boolean flushing;
  private long lastId;

  /** When an answer last came, or the first of those that wait was asked for. */
  private long heardNanos;

  /**
   * @param grpc without a deadline for calls, as a stream has none
   * @param silenceMax without an answer while commands wait; then the stream counts as broken. As
   *     long for a connection to be there
   */
  BatchedCalls(Vertx vertx, GrpcClient grpc, SocketAddress address, Duration silenceMax) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.grpc = grpc;
    this.address = address;
    this.silenceMax = silenceMax;
  }

  @Override
  public Future<RawGetResponse> get(RawGetRequest request) {
    return submit(Request.newBuilder().setRawGet(request), CmdCase.RAWGET, Response::getRawGet);
  }

  @Override
  public Future<RawPutResponse> put(RawPutRequest request) {
    return submit(Request.newBuilder().setRawPut(request), CmdCase.RAWPUT, Response::getRawPut);
  }

  @Override
  public Future<RawDeleteResponse> delete(RawDeleteRequest request) {
    return submit(
        Request.newBuilder().setRawDelete(request), CmdCase.RAWDELETE, Response::getRawDelete);
  }

  @Override
  public Future<RawScanResponse> scan(RawScanRequest request) {
    return submit(Request.newBuilder().setRawScan(request), CmdCase.RAWSCAN, Response::getRawScan);
  }

  private <R> Future<R> submit(
      Request.Builder command, CmdCase kind, Function<Response, R> content) {
    if (waiting.size() >= WAITING_MAX) {
      return Future.failedFuture("too many commands wait for " + address);
    }
    if (waiting.isEmpty()) {
      heardNanos = System.nanoTime();
    }
    long id = ++lastId;
    Promise<Response> answer = Promise.promise();
    waiting.put(id, answer);
    unsent.add(new Command(id, command.build()));
    if (!flushing) {
      flushing = true;
      context.runOnContext(ignored -> flush());
    }
    return answer
        .future()
        .compose(
            response ->
                response.getCmdCase() == kind
                    ? Future.succeededFuture(content.apply(response))
                    : Future.failedFuture(address + " answered with " + response.getCmdCase()));
  }

  private void flush() {
    flushing = false;
    GrpcClientRequest<BatchCommandsRequest, BatchCommandsResponse> open = stream;
    if (open == null && !unsent.isEmpty()) {
      open();
    }
    while (open != null && !unsent.isEmpty() && !open.writeQueueFull()) {
      open.write(nextMessage());
    }
  }

  private BatchCommandsRequest nextMessage() {
    BatchCommandsRequest.Builder message = BatchCommandsRequest.newBuilder();
    long bytes = unsent.getFirst().request().getSerializedSize();
    do {
      Command command = unsent.removeFirst();
      message.addRequests(command.request()).addRequestIds(command.id());
      bytes += unsent.isEmpty() ? 0 : unsent.getFirst().request().getSerializedSize();
    } while (!unsent.isEmpty() && bytes <= MESSAGE_BYTES_MAX);
    return message.build();
  }

  private void open() {
    if (opening) {
      return;
    }
    opening = true;
    Opening.of(grpc, address, TikvGrpcClient.BatchCommands, silenceMax)
        .onComplete(
            opened -> {
              opening = false;
              onOpened(opened);
            },
            failure -> {
              opening = false;
              failAll(failure);
            });
  }

  private void onOpened(GrpcClientRequest<BatchCommandsRequest, BatchCommandsResponse> opened) {
    stream = opened;
    Promise<Void> broken = Promise.promise();
    long check = vertx.setPeriodic(CHECK_MILLIS, id -> checkSilence(opened, broken));
    broken
        .future()
        .onFailure(
            failure -> {
              vertx.cancelTimer(check);
              onBroken(opened, failure);
            });
    opened.exceptionHandler(broken::tryFail);
    opened.drainHandler(drained -> flush());
    opened
        .response()
        .onComplete(
            response -> {
              response.handler(this::onAnswers);
              response.exceptionHandler(broken::tryFail);
              response.endHandler(end -> broken.tryFail(address + " ended the stream"));
            },
            broken::tryFail);
    flush();
  }

  private void onAnswers(BatchCommandsResponse answers) {
    heardNanos = System.nanoTime();
    for (int i = 0; i < answers.getResponsesCount(); i++) {
      Promise<Response> answer = waiting.remove(answers.getRequestIds(i));
      if (answer != null) {
        answer.complete(answers.getResponses(i));
      }
    }
  }

  private void checkSilence(
      GrpcClientRequest<BatchCommandsRequest, BatchCommandsResponse> open, Promise<Void> broken) {
    if (!waiting.isEmpty() && System.nanoTime() - heardNanos > silenceMax.toNanos()) {
      broken.tryFail(ClientException.unknown(address + " does not answer"));
      open.cancel();
    }
  }

  private void onBroken(
      GrpcClientRequest<BatchCommandsRequest, BatchCommandsResponse> broken, Throwable failure) {
    if (stream == broken) {
      stream = null;
      failAll(failure);
    }
  }

  private void failAll(Throwable failure) {
    unsent.clear();
    List<Promise<Response>> failed = new ArrayList<>(waiting.values());
    waiting.clear();
    failed.forEach(answer -> answer.fail(failure));
  }
}
