package dev.flotilla.server;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.pd.Answer;
import dev.flotilla.pd.TimestampOracle;
import dev.flotilla.proto.pdpb.ErrorType;
import dev.flotilla.proto.pdpb.PDGrpcService;
import dev.flotilla.proto.pdpb.Timestamp;
import dev.flotilla.proto.pdpb.TsoRequest;
import dev.flotilla.proto.pdpb.TsoResponse;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.function.Consumer;

/**
 * Streams of timestamp requests, one response for each in order. A client may keep a stream for
 * long, or send one request and close its half: the stream then completes after the last response.
 */
final class TsoStreams {
  /** Requests of one stream that may wait; then the stream is not read until some are answered. */
  private static final int WAITING_MAX = 1024;

  private final Placement placement;

  TsoStreams(Placement placement) {
    this.placement = placement;
  }

  void bind(GrpcServer server) {
    server.callHandler(PDGrpcService.Tso, call -> new Stream(call).open());
  }

  /** Turns a timestamp into a response. */
  static Answer<TimestampOracle.Timestamp> answer(
      long clusterId, int count, Consumer<TsoResponse> response) {
    return new Answer<>() {
      @Override
      public void done(TimestampOracle.Timestamp last) {
        response.accept(
            TsoResponse.newBuilder()
                .setHeader(PdHeaders.ok(clusterId))
                .setCount(count)
                .setTimestamp(
                    Timestamp.newBuilder().setPhysical(last.physical()).setLogical(last.logical()))
                .build());
      }

      @Override
      public void unavailable(String reason) {
        response.accept(
            TsoResponse.newBuilder()
                .setHeader(PdHeaders.error(clusterId, ErrorType.UNKNOWN, reason))
                .build());
      }
    };
  }

  /** One stream; its fields belong to its event loop. */
  private final class Stream {
    private final GrpcServerRequest<TsoRequest, TsoResponse> call;
    private final Inflow inflow;
    private final Context context = Vertx.currentContext();
    private int waiting;
    private boolean halfClosed;
    private boolean over;

    Stream(GrpcServerRequest<TsoRequest, TsoResponse> call) {
      this.call = call;
      this.inflow = new Inflow(call);
    }

    void open() {
      call.exceptionHandler(gone -> over = true);
      call.errorHandler(reset -> over = true);
      call.invalidMessageHandler(invalid -> fail(GrpcStatus.INVALID_ARGUMENT, "malformed message"));
      call.endHandler(
          end -> {
            halfClosed = true;
            endWhenDone();
          });
      call.response().drainHandler(drained -> resumeWhenCalm());
      call.handler(this::onRequest);
    }

    private void onRequest(TsoRequest request) {
      int count = request.getCount();
      if (count < 1 || count >= TimestampOracle.LOGICAL_MAX) {
        fail(
            GrpcStatus.INVALID_ARGUMENT, "count must be 1 to " + (TimestampOracle.LOGICAL_MAX - 1));
        return;
      }
      waiting++;
      if (waiting >= WAITING_MAX) {
        inflow.pause();
      }
      if (!placement.isHere()) {
        relay(request);
        return;
      }
      boolean taken =
          placement.submit(
              driver -> {
                if (request.getHeader().getClusterId() != driver.clusterId()) {
                  onLoop(() -> fail(GrpcStatus.FAILED_PRECONDITION, "mismatch cluster id"));
                  return;
                }
                driver.timestamps(count, answer(driver.clusterId(), count));
              });
      if (!taken) {
        fail(GrpcStatus.RESOURCE_EXHAUSTED, "placement driver is busy");
      }
    }

    /** Answers come in order: requests to one node are answered one after the other. */
    private void relay(TsoRequest request) {
      placement
          .relay(PDGrpcService.Tso.fullMethodName(), request.toByteArray())
          .onComplete(this::onRelayed, failure -> onLost());
    }

    private void onRelayed(byte[] response) {
      try {
        respond(TsoResponse.parseFrom(response));
      } catch (InvalidProtocolBufferException e) {
        onLost();
      }
    }

    private void onLost() {
      respond(
          TsoResponse.newBuilder()
              .setHeader(
                  PdHeaders.error(
                      0, ErrorType.UNKNOWN, "the placement driver cannot be reached now"))
              .build());
    }

    private Answer<TimestampOracle.Timestamp> answer(long clusterId, int count) {
      return TsoStreams.answer(clusterId, count, this::respond);
    }

    private void respond(TsoResponse response) {
      onLoop(
          () -> {
            waiting--;
            if (over) {
              return;
            }
            call.response().write(response);
            inflow.onWritten();
            resumeWhenCalm();
            endWhenDone();
          });
    }

    private void resumeWhenCalm() {
      if (!over && waiting <= WAITING_MAX / 2) {
        inflow.resume();
      }
    }

    private void endWhenDone() {
      if (halfClosed && waiting == 0 && !over) {
        over = true;
        call.response().end();
      }
    }

    private void fail(GrpcStatus status, String message) {
      if (!over) {
        over = true;
        call.response().status(status).statusMessage(message).end();
      }
    }

    private void onLoop(Runnable task) {
      context.runOnContext(ignored -> task.run());
    }
  }
}
