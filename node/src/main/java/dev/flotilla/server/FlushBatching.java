package dev.flotilla.server;

import io.netty.handler.flush.FlushConsolidationHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Lets the answers that leave together share one write to the socket. Vert.x flushes each response
 * by itself, and system calls were a third of what a small answer cost.
 *
 * <p>The only user of what Vert.x does not promise to keep: the Netty channel of a connection.
 */
final class FlushBatching {
  /** Flushes after which one is carried out without waiting for the event loop's other tasks. */
  private static final int FLUSHES_MAX = 256;

  private FlushBatching() {}

  /** To be called for each connection as it opens, on its event loop. */
  static void install(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      base.channel().pipeline().addLast(new FlushConsolidationHandler(FLUSHES_MAX, true));
    }
  }
}
