package dev.flotilla.node;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
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

  @Override
  public FilterReply decide(ILoggingEvent event) {
    return event.getLoggerName().startsWith(CONNECTIONS)
            && event.getThrowableProxy() == null
            && RESET.matcher(event.getFormattedMessage()).matches()
        ? FilterReply.DENY
        : FilterReply.NEUTRAL;
  }
}
