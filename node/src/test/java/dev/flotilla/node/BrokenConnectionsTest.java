package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing is left out of the log but what says nothing. */
class BrokenConnectionsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          io.vertx.core.net.impl.ConnectionBase | recvAddress(..) failed: Connection reset by peer | DENY
          io.vertx.core.net.impl.ConnectionBase | recvAddress(..) failed with error(-104): Connection reset by peer | DENY
          io.vertx.core.net.impl.ConnectionBase | Connection reset | DENY
          io.vertx.core.net.impl.ConnectionBase | recvAddress(..) failed: No buffer space available | NEUTRAL
          io.vertx.core.net.impl.ConnectionBase | not an SSL/TLS record: 47 | NEUTRAL
          dev.flotilla.node.Node | Connection reset by peer | NEUTRAL
          io.vertx.core.eventbus.impl.MessageConsumerImpl | Discarding message since the consumer is not registered. address: f.raft.2 | DENY
          io.vertx.core.eventbus.impl.MessageConsumerImpl | Discarding message as more than 1000 buffered in paused consumer. address: f.raft.2 | NEUTRAL
          dev.flotilla.node.Node | Discarding message since the consumer is not registered. address: f.raft.2 | NEUTRAL
          """)
  void leavesOut(String logger, String message, FilterReply expected) {
    LoggerContext context = new LoggerContext();
    LoggingEvent event =
        new LoggingEvent("", context.getLogger(logger), Level.ERROR, message, null, null);
    assertThat(new BrokenConnections().decide(event)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "io.netty.handler.codec.http2.DefaultHttp2Connection, io.vertx.core.http.impl.VertxHttp2Stream$3, DENY",
    "io.netty.handler.codec.http2.DefaultHttp2Connection, dev.flotilla.server.UnaryCall, NEUTRAL",
    "dev.flotilla.node.Node, io.vertx.core.http.impl.VertxHttp2Stream$3, NEUTRAL"
  })
  void leavesOutThatVertxTripsOverWhatItHasNotSent(
      String logger, String thrower, FilterReply expected) {
    NullPointerException thrown = new NullPointerException("promise is null");
    thrown.setStackTrace(
        new StackTraceElement[] {new StackTraceElement(thrower, "cancel", null, 243)});
    LoggerContext context = new LoggerContext();
    LoggingEvent event =
        new LoggingEvent(
            "",
            context.getLogger(logger),
            Level.ERROR,
            "Caught Throwable from listener onStreamClosed.",
            thrown,
            null);
    assertThat(new BrokenConnections().decide(event)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "io.vertx.core.impl.ContextImpl, Promise already completed, io.vertx.core.eventbus.impl.clustered.OutboundConnection, DENY",
    "io.vertx.core.impl.ContextImpl, Promise already completed, io.vertx.core.net.impl.DelegatingChannelPromise, DENY",
    "io.vertx.core.impl.ContextImpl, Promise already completed, dev.flotilla.verticle.Mailbox, NEUTRAL",
    "io.vertx.core.impl.ContextImpl, Not started, io.vertx.core.eventbus.impl.clustered.OutboundConnection, NEUTRAL",
    "dev.flotilla.node.Node, Promise already completed, io.vertx.core.eventbus.impl.clustered.OutboundConnection, NEUTRAL"
  })
  void leavesOutThatVertxTripsOverAMessageToANodeThatLeaves(
      String logger, String message, String writer, FilterReply expected) {
    IllegalStateException thrown = new IllegalStateException(message);
    thrown.setStackTrace(
        new StackTraceElement[] {
          new StackTraceElement("io.vertx.core.Promise", "fail", null, 104),
          new StackTraceElement(writer, "writeMessage", null, 86)
        });
    LoggerContext context = new LoggerContext();
    LoggingEvent event =
        new LoggingEvent(
            "", context.getLogger(logger), Level.ERROR, "Unhandled exception", thrown, null);
    assertThat(new BrokenConnections().decide(event)).isEqualTo(expected);
  }

  @Test
  void isNamedByTheShippedConfiguration() throws IOException {
    assertThat(Files.readString(Path.of("..", "conf", "logback.xml")))
        .contains("<filter class=\"" + BrokenConnections.class.getName() + "\"/>");
  }
}
