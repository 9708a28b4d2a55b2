package dev.flotilla.server;

import dev.flotilla.proto.pdpb.Error;
import dev.flotilla.proto.pdpb.ErrorType;
import dev.flotilla.proto.pdpb.ResponseHeader;

/** Headers of PD's responses. */
final class PdHeaders {
  private PdHeaders() {}

  static ResponseHeader ok(long clusterId) {
    return ResponseHeader.newBuilder().setClusterId(clusterId).build();
  }

  /** An error that lets the client ask again. */
  static ResponseHeader error(long clusterId, ErrorType type, String message) {
    return ResponseHeader.newBuilder()
        .setClusterId(clusterId)
        .setError(Error.newBuilder().setType(type).setMessage(message))
        .build();
  }
}
