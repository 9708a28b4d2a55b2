package dev.flotilla.server;

import dev.flotilla.proto.pdpb.ErrorType;
import dev.flotilla.proto.pdpb.ResponseHeader;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.grpc.common.GrpcStatus;
import java.util.function.Function;

/** Requests of PD that one node passes on to another. */
public final class PdRelay {
  private final PdMethods methods;

  /**
   * @param placement the driver of this node
   */
  public PdRelay(Placement placement) {
    this.methods = methodsOf(placement);
  }

  /** Everything that a driver answers. */
  static PdMethods methodsOf(Placement placement) {
    PdMethods methods = new PdMethods(placement);
    PdService.addTo(methods);
    AdminService.addTo(methods);
    return methods;
  }

  /** Where the answer to a relayed request goes; one method is called, once, on any thread. */
  public interface Reply {
    void done(byte[] response);

    /**
     * Says no.
     *
     * @param status number of a gRPC status
     */
    void fail(int status, String message);
  }

  /** Answers a request that another node passed on. */
  public void handle(String method, byte[] request, Reply reply) {
    methods.onRelayed(
        method,
        request,
        new PdReply<>() {
          @Override
          public void done(byte[] response) {
            reply.done(response);
          }

          @Override
          public void fail(GrpcStatus status, String message) {
            reply.fail(status.code, message);
          }
        });
  }

  /** Tells a client that the relay failed: as the driver said, or to try again. */
  static <R> void fail(Throwable failure, Function<ResponseHeader, R> response, PdReply<R> reply) {
    if (failure instanceof ReplyException refused
        && refused.failureType() == ReplyFailure.RECIPIENT_FAILURE) {
      GrpcStatus status = GrpcStatus.valueOf(refused.failureCode());
      reply.fail(
          status == null ? GrpcStatus.UNKNOWN : status, String.valueOf(refused.getMessage()));
    } else {
      reply.done(
          response.apply(
              PdHeaders.error(0, ErrorType.UNKNOWN, "the placement driver cannot be reached now")));
    }
  }
}
