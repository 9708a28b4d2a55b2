package dev.flotilla.coprocessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

class ThrownTest {
  private final Logger log = (Logger) LoggerFactory.getLogger(ThrownTest.class);
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();

  @BeforeEach
  void listen() {
    events.start();
    log.addAppender(events);
    log.setAdditive(false);
  }

  @AfterEach
  void stop() {
    log.detachAppender(events);
    log.setAdditive(true);
  }

  private static int endless(int depth) {
    return depth < 0 ? 0 : endless(depth + 1) + 1;
  }

  /** The lines of the trace that is logged with {@code failure}. */
  private int lines(Throwable failure) {
    Thrown.log(log, Level.WARN, failure, "it failed");
    ILoggingEvent event = events.list.get(events.list.size() - 1);
    return event.getThrowableProxy().getStackTraceElementProxyArray().length;
  }

  @Test
  void whoCallsHimselfWithoutEndIsLoggedInAFewLines() {
    Throwable failure = catchThrowable(() -> endless(0));
    assertThat(failure).isInstanceOf(StackOverflowError.class);
    assertThat(lines(failure)).isEqualTo(16);
    assertThat(failure.getStackTrace()[0].getMethodName()).isEqualTo("endless");
  }

  @Test
  void otherFailuresAreLoggedWithAllOfTheirTrace() {
    Throwable failure = new IllegalStateException("its own");
    assertThat(lines(failure)).isEqualTo(new Throwable().getStackTrace().length);
  }
}
