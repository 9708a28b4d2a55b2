package dev.flotilla.coprocessor.pf4j;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.flotilla.coprocessor.CoprocessorHost;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A plugin that cannot be used is told in a line; where that came from is for those who debug. */
class FailureLogTest {
  private final Logger log = (Logger) LoggerFactory.getLogger(CoprocessorManager.class);
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();

  @TempDir private Path folder;

  @BeforeEach
  void listen() {
    events.start();
    log.addAppender(events);
    log.setLevel(Level.DEBUG);
  }

  @AfterEach
  void stop() {
    log.detachAppender(events);
    log.setLevel(null);
  }

  @Test
  void tellsInALine() throws Exception {
    Path plugins = Files.createDirectory(folder.resolve("plugins"));
    Files.writeString(plugins.resolve("junk.jar"), "no jar");
    PluginSettings settings =
        PluginSettings.of(plugins, folder.resolve("work"), folder.resolve("data"));
    CoprocessorManager.start(settings, CoprocessorHost.withBuiltIns()).close();
    assertThat(events.list.stream().filter(event -> event.getLevel() == Level.ERROR))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getFormattedMessage())
                  .startsWith("coprocessor junk.jar is not used: not a readable jar");
              assertThat(event.getThrowableProxy()).isNull();
            });
    assertThat(events.list)
        .anyMatch(event -> event.getLevel() == Level.DEBUG && event.getThrowableProxy() != null);
  }
}
