package dev.flotilla.server;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.flotilla.pd.Answer;
import dev.flotilla.pd.PlacementDriver;
import dev.flotilla.proto.pdpb.ErrorType;
import dev.flotilla.proto.pdpb.RequestHeader;
import dev.flotilla.proto.pdpb.ResponseHeader;
import io.vertx.core.buffer.Buffer;
import io.vertx.grpc.common.CodecException;
import io.vertx.grpc.common.GrpcMessage;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.server.GrpcServer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Methods that the placement driver answers, wherever it is: this node asks its own driver, or
 * passes the request on to the node that has it.
 */
final class PdMethods {
  private final Placement placement;
  private final Map<String, Method<?, ?>> methods = new LinkedHashMap<>();

  /** Requests of streams: they come from other nodes only. */
  private final Map<String, Method<?, ?>> relayedOnly = new LinkedHashMap<>();

  PdMethods(Placement placement) {
    this.placement = placement;
  }

  /** A method of PD. */
  private record Method<P extends MessageLite, R extends MessageLite>(
      ServiceMethod<P, R> method,
      Function<P, @Nullable RequestHeader> headerOf,
      Function<ResponseHeader, R> failure,
      Question<P, R> question) {}

  /** Asks the driver and turns its answer into a response; failures become a header's error. */
  interface Question<P, R> {
    void ask(PlacementDriver driver, P request, Call<R> call);
  }

  /** A call on its way through the driver. */
  record Call<R>(PdReply<R> call, long clusterId, Function<ResponseHeader, R> failure) {
    ResponseHeader header() {
      return PdHeaders.ok(clusterId);
    }

    <A> Answer<A> answer(Function<A, R> response) {
      return new Answer<>() {
        @Override
        public void done(A value) {
          call.done(response.apply(value));
        }

        @Override
        public void unavailable(String reason) {
          call.done(failure.apply(PdHeaders.error(clusterId, ErrorType.UNKNOWN, reason)));
        }

        @Override
        public void refused(String reason) {
          call.done(failure.apply(PdHeaders.error(clusterId, ErrorType.REFUSED, reason)));
        }
      };
    }
  }

  /** How clients' addresses begin. */
  String scheme() {
    return placement.scheme();
  }

  /** Serves clients. */
  void bind(GrpcServer server, UnaryCalls calls) {
    methods.values().forEach(method -> bind(server, calls, method));
  }

  private <P extends MessageLite, R extends MessageLite> void bind(
      GrpcServer server, UnaryCalls calls, Method<P, R> method) {
    calls.bind(
        server,
        method.method(),
        error -> method.failure().apply(PdHeaders.error(0, ErrorType.UNKNOWN, error.getMessage())),
        (request, call) -> {
          if (placement.isHere()) {
            ask(method, request, call);
          } else {
            relay(method, request, call);
          }
        });
  }

  /** Asks the driver of this node. */
  private <P extends MessageLite, R extends MessageLite> void ask(
      Method<P, R> method, P request, PdReply<R> reply) {
    RequestHeader header = method.headerOf().apply(request);
    boolean taken =
        placement.submit(
            driver -> {
              long clusterId = driver.clusterId();
              if (header != null && header.getClusterId() != clusterId) {
                reply.fail(
                    GrpcStatus.FAILED_PRECONDITION,
                    "mismatch cluster id, need "
                        + Long.toUnsignedString(clusterId)
                        + " but got "
                        + Long.toUnsignedString(header.getClusterId()));
                return;
              }
              method
                  .question()
                  .ask(driver, request, new Call<>(reply, clusterId, method.failure()));
            });
    if (!taken) {
      reply.fail(GrpcStatus.RESOURCE_EXHAUSTED, "placement driver is busy");
    }
  }

  private <P extends MessageLite, R extends MessageLite> void relay(
      Method<P, R> method, P request, PdReply<R> reply) {
    placement
        .relay(method.method().fullMethodName(), request.toByteArray())
        .onComplete(
            response -> reply.done(parse(method, response)),
            failure -> PdRelay.fail(failure, method.failure(), reply));
  }

  /** The response that another node sent. */
  @SuppressWarnings("unchecked") // a message's parser makes messages of its type
  private static <P extends MessageLite, R extends MessageLite> R parse(
      Method<P, R> method, byte[] response) {
    MessageLite sample = (MessageLite) method.failure().apply(ResponseHeader.getDefaultInstance());
    try {
      return (R) sample.getParserForType().parseFrom(response);
    } catch (InvalidProtocolBufferException e) {
      return method
          .failure()
          .apply(PdHeaders.error(0, ErrorType.UNKNOWN, "the driver's answer cannot be read"));
    }
  }

  /**
   * Answers a request that another node has relayed; this node's driver is asked whether it drives
   * or not, so that requests never go in circles.
   */
  void onRelayed(String name, byte[] request, PdReply<byte[]> reply) {
    Method<?, ?> method = methods.getOrDefault(name, relayedOnly.get(name));
    if (method == null) {
      reply.fail(GrpcStatus.UNIMPLEMENTED, "there is no method " + name);
    } else {
      onRelayed(method, request, reply);
    }
  }

  private <P extends MessageLite, R extends MessageLite> void onRelayed(
      Method<P, R> method, byte[] request, PdReply<byte[]> reply) {
    P message;
    try {
      message =
          method.method().decoder().decode(GrpcMessage.message("identity", Buffer.buffer(request)));
    } catch (CodecException e) {
      reply.fail(GrpcStatus.INVALID_ARGUMENT, "malformed message");
      return;
    }
    ask(
        method,
        message,
        new PdReply<R>() {
          @Override
          public void done(R response) {
            reply.done(((MessageLite) response).toByteArray());
          }

          @Override
          public void fail(GrpcStatus status, String text) {
            reply.fail(status, text);
          }
        });
  }

  /** Has a method served to clients and other nodes. */
  <P extends MessageLite, R extends MessageLite> void add(
      ServiceMethod<P, R> method,
      Function<P, @Nullable RequestHeader> headerOf,
      Function<ResponseHeader, R> failure,
      Question<P, R> question) {
    methods.put(method.fullMethodName(), new Method<>(method, headerOf, failure, question));
  }

  /** Has single requests of a stream served to other nodes. */
  <P extends MessageLite, R extends MessageLite> void addRelayed(
      ServiceMethod<P, R> method,
      Function<P, @Nullable RequestHeader> headerOf,
      Function<ResponseHeader, R> failure,
      Question<P, R> question) {
    relayedOnly.put(method.fullMethodName(), new Method<>(method, headerOf, failure, question));
  }
}
