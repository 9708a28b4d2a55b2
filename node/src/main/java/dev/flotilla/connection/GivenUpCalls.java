package dev.flotilla.connection;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * Keeps a connection when what could not be written was of one of its calls only. Vert.x 5.0.7
 * closes it, and with it fails all other calls, when a call is given up by the other side, as after
 * a deadline, while its answer waits to leave: whoever writes without asking for the outcome is
 * told of a failure as of one of the connection. That call is over by then, and its stream closed.
 */
@Sharable
final class GivenUpCalls extends ChannelInboundHandlerAdapter {
  static final GivenUpCalls INSTANCE = new GivenUpCalls();

  private GivenUpCalls() {}

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof Http2Exception.StreamException)) {
      context.fireExceptionCaught(cause);
    }
  }
}
