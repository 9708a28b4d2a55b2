package dev.flotilla.connection;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Lets requests or answers that leave together share one write to the socket. Vert.x flushes each
 * by itself, a request even twice, and system calls were a third of what a small answer cost;
 * whoever receives is woken by each. As what waits longer is more often given up, {@link
 * GivenUpCalls} goes with it.
 *
 * <p>The only user of what Vert.x does not promise to keep: the Netty channel of a connection.
 */
public final class FlushBatching {
  /** Flushes after which one is carried out without waiting for the event loop's other tasks. */
  private static final int FLUSHES_MAX = 256;

  private FlushBatching() {}

  /** Any thread; does nothing where it was done before. Two at once do no harm. */
  public static void install(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      ChannelPipeline pipeline = base.channel().pipeline();
      if (pipeline.get(FlushConsolidationHandler.class) == null) {
        pipeline.addLast(new FlushConsolidationHandler(FLUSHES_MAX, true));
        pipeline.addFirst(GivenUpCalls.INSTANCE);
      }
    }
  }
}
