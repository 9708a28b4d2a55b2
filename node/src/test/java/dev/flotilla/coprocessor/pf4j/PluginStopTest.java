package dev.flotilla.coprocessor.pf4j;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.pf4j.PluginJars.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Plugins that do not stop as they should. */
class PluginStopTest {
  private static final String OBSERVER = "@@ implements QueryObserver";

  @TempDir Path temp;

  private CoprocessorManager start(Recipe first, Recipe second) throws IOException {
    PluginJars jars = new PluginJars(temp.resolve("build"));
    jars.build(temp.resolve("plugins/a.jar"), first);
    jars.build(temp.resolve("plugins/b.jar"), second);
    return CoprocessorManager.start(
        () ->
            PluginSettings.of(temp.resolve("plugins"), temp.resolve("work"), temp.resolve("data")),
        PluginJars.node(CoprocessorHost.withBuiltIns()));
  }

  /** Tells by a file that it was stopped. */
  private static Recipe orderly() {
    return Recipe.of("orderly", "1.0.0")
        .extension(
            "Orderly",
            OBSERVER,
            """
            private java.nio.file.Path folder;
            @Override public void start(CoprocessorEnvironment environment) {
              folder = environment.dataFolder();
            }
            @Override public void stop() throws Exception {
              java.nio.file.Files.createFile(folder.resolve("stopped"));
            }
            """);
  }

  private static Recipe failing(String failure) {
    return Recipe.of("failing", "1.0.0")
        .manifest("Plugin-Class", "plugin.Whole")
        .source(
            "Whole",
            "@@ extends org.pf4j.Plugin",
            "@Override public void stop() { throw new %s(\"told to fail\"); }".formatted(failure))
        .extension("Idle", OBSERVER, "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"IllegalStateException", "AssertionError", "NoClassDefFoundError"})
  void onePluginThatFailsDoesNotKeepTheOthersFromStopping(String failure) throws IOException {
    start(orderly(), failing(failure)).close();
    assertThat(temp.resolve("data/orderly/stopped")).exists();
  }

  private static Recipe stuck() {
    return Recipe.of("stuck", "1.0.0")
        .extension(
            "Stuck",
            OBSERVER,
            """
            @Override public void stop() throws Exception {
              new java.util.concurrent.CountDownLatch(1).await();
            }
            """);
  }

  @Test
  @Timeout(60)
  void onePluginThatDoesNotStopIsLeftBehindAndNamed() throws IOException {
    Logger log = (Logger) LoggerFactory.getLogger(ActivePlugin.class);
    ListAppender<ILoggingEvent> events = new ListAppender<>();
    events.start();
    log.addAppender(events);
    try {
      start(orderly(), stuck()).close();
    } finally {
      log.detachAppender(events);
    }
    assertThat(List.copyOf(events.list))
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("coprocessor stuck has not stopped within 5 s and is left behind");
    assertThat(temp.resolve("data/orderly/stopped")).exists();
    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(thread -> thread.getName().equals("stop of stuck"))
        .allMatch(Thread::isDaemon);
  }
}
