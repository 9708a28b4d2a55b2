package dev.flotilla.server;

import io.vertx.grpc.common.InvalidMessageException;
import io.vertx.grpc.common.MessageSizeOverflowException;

/** Words for a message that is not read, as it is larger than any may be. */
final class Oversized {
  private Oversized() {}

  static String text(InvalidMessageException message) {
    return message instanceof MessageSizeOverflowException large
        ? "message is too large: "
            + large.messageSize()
            + " bytes, more than server.message-bytes-max of the node"
        : "message cannot be read";
  }
}
