package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.flotilla.raft.RaftLogger;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Thousands of regions that all say the same are told of in a few lines. */
class Slf4jRaftLoggerTest {
  private static final int REGIONS = 10_000;

  private final Logger log = (Logger) LoggerFactory.getLogger("dev.flotilla.raft");
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();
  private final Queue<Runnable> later = new ArrayDeque<>();
  private final Slf4jRaftLogger logger = new Slf4jRaftLogger(later::add);

  @BeforeEach
  void listen() {
    events.start();
    log.addAppender(events);
    log.setLevel(Level.WARN);
    log.setAdditive(false);
  }

  @AfterEach
  void stop() {
    log.detachAppender(events);
    log.setLevel(null);
    log.setAdditive(true);
  }

  private List<String> warnings() {
    return events.list.stream()
        .filter(event -> event.getLevel() == Level.WARN)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  private void warn(int regions) {
    for (int region = 0; region < regions; region++) {
      logger.log(RaftLogger.Level.WARN, "region " + region + " stepped down");
    }
  }

  @Test
  void sumsUpWhatManyRegionsSayWithinASecond() {
    warn(REGIONS);
    assertThat(warnings()).hasSize(Slf4jRaftLogger.LINES_MAX).contains("region 0 stepped down");
    assertThat(later).hasSize(1);
    later.remove().run();
    assertThat(warnings())
        .hasSize(Slf4jRaftLogger.LINES_MAX + 1)
        .last()
        .asString()
        .contains((REGIONS - Slf4jRaftLogger.LINES_MAX) + " more");
    events.list.clear();
    warn(1);
    assertThat(warnings()).containsExactly("region 0 stepped down");
  }

  @Test
  void leavesFewLinesAsTheyAre() {
    warn(Slf4jRaftLogger.LINES_MAX);
    later.remove().run();
    assertThat(warnings()).hasSize(Slf4jRaftLogger.LINES_MAX);
  }

  @Test
  void keepsWhatItLeavesOutForWhoeverDebugs() {
    log.setLevel(Level.DEBUG);
    warn(REGIONS);
    assertThat(events.list).hasSize(REGIONS);
  }
}
