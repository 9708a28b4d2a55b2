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
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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

  /** A request that has been read; its response, once there, waits for those before it. */
  private static final class Waiting {
    @Nullable TsoResponse response;
  }

  /** One stream; its fields belong to its event loop. */
  private final class Stream {
    private final GrpcServerRequest<TsoRequest, TsoResponse> call;
    private final Inflow inflow;
    private final Context context = Vertx.currentContext();

    /** Oldest first. A client knows by the order alone which response is whose. */
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    private boolean halfClosed;
    private boolean over;

    Stream(GrpcServerRequest<TsoRequest, TsoResponse> call) {
      this.call = call;
      this.inflow = new Inflow(call);
    }

    void open() {
      call.exceptionHandler(gone -> over = true);
      call.errorHandler(reset -> over = true);
      // One who has asked all, and whose connection ends, is missed here only.
      call.response().exceptionHandler(gone -> over = true);
      call.invalidMessageHandler(
          invalid -> fail(GrpcStatus.RESOURCE_EXHAUSTED, UnreadMessage.text(invalid)));
      call.endHandler(
          end -> {
            halfClosed = true;
            endWhenDone();
          });
      call.response().drainHandler(drained -> resumeWhenCalm());
      call.handler(this::onRequest);
    }

    private void onRequest(TsoRequest request) {
      if (over) {
        return;
      }
      int count = request.getCount();
      if (count < 1 || count >= TimestampOracle.LOGICAL_MAX) {
        fail(
            GrpcStatus.INVALID_ARGUMENT, "count must be 1 to " + (TimestampOracle.LOGICAL_MAX - 1));
        return;
      }
      Waiting asked = new Waiting();
      waiting.addLast(asked);
      if (waiting.size() >= WAITING_MAX) {
        inflow.pause();
      }
      if (!placement.isHere()) {
        relay(asked, request);
        return;
      }
      boolean taken =
          placement.submit(
              driver -> {
                if (request.getHeader().getClusterId() != driver.clusterId()) {
                  onLoop(() -> fail(GrpcStatus.FAILED_PRECONDITION, "mismatch cluster id"));
                  return;
                }
                driver.timestamps(count, answer(asked, driver.clusterId(), count));
              });
      if (!taken) {
        fail(GrpcStatus.RESOURCE_EXHAUSTED, "placement driver is busy");
      }
    }

    private void relay(Waiting asked, TsoRequest request) {
      placement
          .relay(PDGrpcService.Tso.fullMethodName(), request.toByteArray())
          .onComplete(response -> onRelayed(asked, response), failure -> onLost(asked, failure));
    }

    private void onRelayed(Waiting asked, byte[] response) {
      try {
        respond(asked, TsoResponse.parseFrom(response));
      } catch (InvalidProtocolBufferException e) {
        onLost(asked, e);
      }
    }

    private void onLost(Waiting asked, Throwable failure) {
      PdRelay.fail(
          failure,
          header -> TsoResponse.newBuilder().setHeader(header).build(),
          new PdReply<>() {
            @Override
            public void done(TsoResponse response) {
              respond(asked, response);
            }

            @Override
            public void fail(GrpcStatus status, String message) {
              onLoop(() -> Stream.this.fail(status, message));
            }
          });
    }

    private Answer<TimestampOracle.Timestamp> answer(Waiting asked, long clusterId, int count) {
      return TsoStreams.answer(clusterId, count, response -> respond(asked, response));
    }

    /** The answers of several drivers, and word that there is none, come in any order. */
    private void respond(Waiting asked, TsoResponse response) {
      onLoop(
          () -> {
            asked.response = response;
            sendReady();
          });
    }

    private void sendReady() {
      for (Waiting first = waiting.peekFirst(); first != null; first = waiting.peekFirst()) {
        TsoResponse response = first.response;
        if (response == null || over) {
          return;
        }
        waiting.removeFirst();
        call.response().write(response);
        inflow.onWritten();
      }
      resumeWhenCalm();
      endWhenDone();
    }

    private void resumeWhenCalm() {
      if (!over && waiting.size() <= WAITING_MAX / 2) {
        inflow.resume();
      }
    }

    private void endWhenDone() {
      if (halfClosed && waiting.isEmpty() && !over) {
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
