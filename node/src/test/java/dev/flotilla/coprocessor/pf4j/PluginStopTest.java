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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
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

  /** As a disk does that does not answer: not even an interrupt ends the wait for it. */
  private static void hang(CountDownLatch answered) {
    boolean interrupted = false;
    while (answered.getCount() > 0) {
      try {
        answered.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  @Timeout(60)
  void aDiskThatHangsKeepsNobodyFromStopping() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    PluginSettings settings =
        PluginSettings.of(temp.resolve("plugins"), temp.resolve("work"), temp.resolve("data"));
    PluginJars jars = new PluginJars(temp.resolve("build"));
    jars.build(temp.resolve("plugins/a.jar"), orderly());
    CoprocessorHost host = CoprocessorHost.withBuiltIns();
    AtomicBoolean hangs = new AtomicBoolean();
    CoprocessorManager manager =
        CoprocessorManager.start(
            () -> {
              if (hangs.get()) {
                asked.countDown();
                hang(answered);
              }
              return settings;
            },
            PluginJars.node(host));
    hangs.set(true);
    manager.watch(newcomers -> {});
    jars.build(temp.resolve("plugins/b.jar"), stuck());
    asked.await();
    Thread watching =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals("plugin-watch"))
            .findFirst()
            .orElseThrow();
    Logger log = (Logger) LoggerFactory.getLogger("dev.flotilla.coprocessor.pf4j");
    ListAppender<ILoggingEvent> events = new ListAppender<>();
    events.start();
    log.addAppender(events);
    try {
      manager.close();
      assertThat(temp.resolve("data/orderly/stopped")).exists();
      answered.countDown();
      watching.join();
    } finally {
      log.detachAppender(events);
      answered.countDown();
    }
    assertThat(List.copyOf(events.list))
        .as("nothing is taken up any more")
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("a look at the folder of plugins is left behind, it has not ended so far");
    assertThat(host.status()).hasSize(1);
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
