package dev.flotilla.node;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Leaves out of the log that somebody at the other end of a connection has ended without a word.
 * Vert.x says it as an error without saying who it was; where it matters, whoever needed the
 * connection says that. Named by {@code conf/logback.xml}.
 */
public final class BrokenConnections extends Filter<ILoggingEvent> {
  private static final String CONNECTIONS = "io.vertx.core.net.impl.";

  /** As the system says it; what is before it names only the call that found it out. */
  private static final Pattern RESET =
      Pattern.compile("(.*\\(\\.\\.\\) failed.*: )?(Connection reset( by peer)?|Broken pipe)");

  private static final String STREAMS = "io.netty.handler.codec.http2.DefaultHttp2Connection";

  /** Vert.x 5.0.7 trips over an answer of which not all was sent when its client left. */
  private static final String UNSENT = "io.vertx.core.http.impl.VertxHttp2Stream";

  private static final String CONTEXT = "io.vertx.core.impl.ContextImpl";

  /**
   * Vert.x 5.0.7 trips over a message that it writes to another node as that is leaving, and over
   * each that was still to be sent when a connection is closed, such as one that is too slow.
   */
  private static final Set<String> WRITERS =
      Set.of(
          "io.vertx.core.eventbus.impl.clustered.OutboundConnection",
          "io.vertx.core.net.impl.DelegatingChannelPromise");

  /**
   * Vert.x 5.0.7 says it of each message that was on its way to a consumer as that was ended. Here
   * they end only when the node stops, and others go on sending until they have found that out.
   */
  private static final String CONSUMERS = "io.vertx.core.eventbus.impl.MessageConsumerImpl";

  private static final String UNREGISTERED =
      "Discarding message since the consumer is not registered.";

  @Override
  public FilterReply decide(ILoggingEvent event) {
    IThrowableProxy thrown = event.getThrowableProxy();
    boolean saysNothing =
        thrown == null
            ? isReset(event) || isUnheard(event)
            : isOfUnsent(event, thrown) || isOfBus(event, thrown);
    return saysNothing ? FilterReply.DENY : FilterReply.NEUTRAL;
  }

  private static boolean isReset(ILoggingEvent event) {
    return event.getLoggerName().startsWith(CONNECTIONS)
        && RESET.matcher(event.getFormattedMessage()).matches();
  }

  private static boolean isUnheard(ILoggingEvent event) {
    return event.getLoggerName().equals(CONSUMERS)
        && event.getFormattedMessage().startsWith(UNREGISTERED);
  }

  private static boolean isOfUnsent(ILoggingEvent event, IThrowableProxy thrown) {
    StackTraceElementProxy[] trace = thrown.getStackTraceElementProxyArray();
    return event.getLoggerName().equals(STREAMS)
        && thrown.getClassName().equals(NullPointerException.class.getName())
        && trace.length > 0
        && trace[0].getStackTraceElement().getClassName().startsWith(UNSENT);
  }

  /** The sender is told of the failure besides. */
  private static boolean isOfBus(ILoggingEvent event, IThrowableProxy thrown) {
    return event.getLoggerName().equals(CONTEXT)
        && thrown.getClassName().equals(IllegalStateException.class.getName())
        && "Promise already completed".equals(thrown.getMessage())
        && Arrays.stream(thrown.getStackTraceElementProxyArray())
            .anyMatch(step -> WRITERS.contains(step.getStackTraceElement().getClassName()));
  }
}
