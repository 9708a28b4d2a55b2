package dev.flotilla.server;

import io.vertx.grpc.common.InvalidMessageException;
import io.vertx.grpc.common.MessageSizeOverflowException;

/** Words for a message that is not read: larger than any may be, or broken on its way. */
final class UnreadMessage {
  private UnreadMessage() {}

  static String text(InvalidMessageException message) {
    return message instanceof MessageSizeOverflowException large
        ? "message is too large: "
            + large.messageSize()
            + " bytes, more than server.message-bytes-max of the node"
        : "message cannot be read";
  }
}
