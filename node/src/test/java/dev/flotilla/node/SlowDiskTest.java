package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class SlowDiskTest {
  private static final long MILLI = 1_000_000;

  private final Logger log = (Logger) LoggerFactory.getLogger(SlowDisk.class);
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();
  private final SlowDisk disk = new SlowDisk();

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

  @Test
  void warnsOfASyncThatEndangersLeases() {
    disk.onSynced(499 * MILLI);
    assertThat(events.list).isEmpty();
    disk.onSynced(500 * MILLI);
    disk.onSynced(2300 * MILLI);
    assertThat(events.list)
        .map(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "the disk took 500 ms to sync the raft log; all regions of this store stood still",
            "the disk took 2300 ms to sync the raft log; all regions of this store stood still");
  }

  /** Those of before, when the databases were opened, are nobody's. */
  @Test
  void measuresFromWhenItIsAsked() {
    List<Long> measured = new ArrayList<>();
    disk.onSynced(1);
    disk.measureBy(measured::add);
    disk.onSynced(2);
    disk.onSynced(600 * MILLI);
    assertThat(measured).containsExactly(2L, 600 * MILLI);
  }
}
