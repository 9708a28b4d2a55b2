package dev.flotilla.server;

import io.vertx.grpc.common.GrpcStatus;

/**
 * Where the answer to one request of PD goes, to a client here or to another node; one method is
 * called, once.
 *
 * @param <R> response message
 */
interface PdReply<R> {
  void done(R response);

  void fail(GrpcStatus status, String message);
}
