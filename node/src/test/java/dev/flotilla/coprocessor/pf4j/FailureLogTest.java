package dev.flotilla.coprocessor.pf4j;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.pf4j.PluginJars.Recipe;
import dev.flotilla.node.settings.PluginFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A plugin that cannot be used is told in a line; where that came from is for those who debug. */
class FailureLogTest {
  private final Logger log = (Logger) LoggerFactory.getLogger("dev.flotilla.coprocessor.pf4j");
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

  /** The plugin goes by its default, and nothing else would say so. */
  @Test
  void namesASettingThatNothingAsksFor() throws Exception {
    Path plugins = Files.createDirectory(folder.resolve("plugins"));
    new PluginJars(folder.resolve("build"))
        .build(
            plugins.resolve("limit.jar"),
            Recipe.of("limit", "1.0.0")
                .extension(
                    "Limit",
                    "@@ implements QueryObserver",
                    """
                    @Override public void start(CoprocessorEnvironment environment) {
                      environment.config().number("limit", 5, 1);
                    }
                    """));
    Path file = plugins.resolve("limit.toml");
    Files.writeString(file, "[config]\nlimit = 7\nlimits = 8\n");
    start(plugins);
    assertThat(events.list.stream().filter(event -> event.getLevel() == Level.WARN))
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage)
        .isEqualTo(
            "coprocessor limit has not asked for its setting limits (%s:3): is it misspelt?"
                .formatted(file));

    Files.writeString(file, "[config]\nlimit = \"ten\"\n");
    start(plugins);
    assertThat(events.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .anyMatch(line -> line.contains(file + ":2: limit must be a whole number, not ten"));
  }

  /** As when a file is named after its jar: the plugin runs, though it was to be disabled. */
  @Test
  void namesSettingsThatAreOfNoPlugin() throws Exception {
    Path plugins = Files.createDirectory(folder.resolve("plugins"));
    new PluginJars(folder.resolve("build"))
        .build(
            plugins.resolve("limit-1.0.0.jar"),
            Recipe.of("limit", "1.0.0").extension("Limit", "@@ implements QueryObserver", ""));
    Files.writeString(plugins.resolve("limit.toml"), "priority = 7\n");
    Files.writeString(plugins.resolve("limit-1.0.0.toml"), "enabled = false\n");
    start(plugins);
    assertThat(events.list.stream().filter(event -> event.getLevel() == Level.WARN))
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage)
        .isEqualTo(
            "there are settings of coprocessor limit-1.0.0, but no jar in %s has this Plugin-Id: is"
                    .formatted(plugins)
                + " it misspelt?");
  }

  private void start(Path plugins) {
    CoprocessorManager.start(
            () -> PluginFiles.read(plugins, folder.resolve("own")),
            PluginJars.node(CoprocessorHost.withBuiltIns()))
        .close();
  }

  @Test
  void tellsInALine() throws Exception {
    Path plugins = Files.createDirectory(folder.resolve("plugins"));
    Files.writeString(plugins.resolve("junk.jar"), "no jar");
    PluginSettings settings =
        PluginSettings.of(plugins, folder.resolve("work"), folder.resolve("data"));
    CoprocessorManager.start(() -> settings, PluginJars.node(CoprocessorHost.withBuiltIns()))
        .close();
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
