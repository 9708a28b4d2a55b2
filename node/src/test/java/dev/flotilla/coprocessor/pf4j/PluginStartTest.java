package dev.flotilla.coprocessor.pf4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.CoprocessorStatus;
import dev.flotilla.coprocessor.CoprocessorStatus.State;
import dev.flotilla.coprocessor.pf4j.PluginJars.Recipe;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Plugins that fail at start in ways of their own: the node starts without them all the same. */
class PluginStartTest {
  private static final String OBSERVER = "@@ implements QueryObserver";

  /** Fails when it is asked what is the matter. */
  private static final String MUTE =
      """
      @Override public String getMessage() {
        throw new UnsupportedOperationException("no words");
      }
      """;

  private final Logger log = (Logger) LoggerFactory.getLogger("dev.flotilla.coprocessor.pf4j");
  private final CoprocessorHost host = CoprocessorHost.withBuiltIns();

  @TempDir private Path temp;

  @BeforeEach
  void listen() {
    // Where it came from is logged as well.
    log.setLevel(Level.DEBUG);
  }

  @AfterEach
  void stop() {
    log.setLevel(null);
  }

  private Path build(String id, Recipe recipe) throws IOException {
    return new PluginJars(temp.resolve("build"))
        .build(temp.resolve("plugins").resolve(id + ".jar"), recipe);
  }

  private CoprocessorManager start(String... required) {
    return CoprocessorManager.start(
        () ->
            new PluginSettings(
                temp.resolve("plugins"),
                temp.resolve("work"),
                temp.resolve("data"),
                Set.of(required),
                Map.of()),
        PluginJars.node(host));
  }

  /** Which no other jar in the folder could ever be. */
  @Test
  void aPluginThatNeedsAnotherIsToldThatItStandsAlone() throws IOException {
    Recipe recipe = Recipe.of("needy", "1.0.0").manifest("Plugin-Dependencies", "other@1.0.0");
    Path jar = build("needy", recipe.extension("Needy", OBSERVER, ""));
    assertThat(reasonOf("needy"))
        .startsWith("Plugin-Dependencies other@1.0.0: plugins see nothing of each other");
    assertThat(CoprocessorManager.checkJar(jar).problems()).containsExactly(reasonOf("needy"));
  }

  /** Most plugins need none, but PF4J's own pages have one in each manifest. */
  @ParameterizedTest
  @ValueSource(strings = {"plugin.Nowhere", "plugin.Classy"})
  void aPluginClassThatIsNoneIsSaidToBe(String name) throws IOException {
    Recipe recipe = Recipe.of("classy", "1.0.0").manifest("Plugin-Class", name);
    Path jar = build("classy", recipe.extension("Classy", OBSERVER, ""));
    assertThat(reasonOf("classy")).startsWith("Plugin-Class " + name);
    assertThat(CoprocessorManager.checkJar(jar).isUsable()).isFalse();
  }

  /** Starts the node with the plugin and returns why it is left out. */
  private String reasonOf(String id) {
    CoprocessorManager manager = start();
    CoprocessorStatus status =
        host.status().stream().filter(seen -> seen.pluginId().equals(id)).findFirst().orElseThrow();
    manager.close();
    assertThat(status.state()).isEqualTo(State.FAILED);
    assertThatThrownBy(() -> start(id))
        .isInstanceOf(RequiredPluginsFailed.class)
        .hasMessageContaining(status.reason());
    return status.reason();
  }

  private static Recipe throwing(String thrown) {
    return Recipe.of("failing", "1.0.0")
        .source("Mute", "@@ extends RuntimeException", MUTE)
        .source("MuteError", "@@ extends NoClassDefFoundError", MUTE)
        .extension(
            "Failing",
            OBSERVER,
            "@Override public void start(CoprocessorEnvironment environment) { throw new "
                + thrown
                + "; }");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plugin.Mute()",
        "plugin.MuteError()",
        "java.lang.IllegalStateException()",
        "java.lang.IllegalStateException(null, new Mute())",
        "java.lang.NoClassDefFoundError()",
        "java.lang.ExceptionInInitializerError(new Mute())"
      })
  void whatFailsToStartIsLeftOutWhateverItHasToSay(String thrown) throws IOException {
    build("failing", throwing(thrown));
    assertThat(reasonOf("failing"))
        .startsWith("did not start: " + thrown.substring(0, thrown.indexOf('(')));
  }

  @Test
  void whatFailsToBeMadeIsLeftOutWhateverItHasToSay() throws IOException {
    build(
        "ctor",
        Recipe.of("ctor", "1.0.0")
            .source("Mute", "@@ extends RuntimeException", MUTE)
            .extension("Ctor", OBSERVER, "public Ctor() { throw new Mute(); }"));
    assertThat(reasonOf("ctor")).startsWith("did not start");
  }

  @Test
  void whatFailsToStopIsUnloadedWhateverItHasToSay() throws IOException {
    String body = "@Override public void stop() { throw new Mute(); }";
    build(
        "whole",
        Recipe.of("whole", "1.0.0")
            .manifest("Plugin-Class", "plugin.Whole")
            .source("Mute", "@@ extends RuntimeException", MUTE)
            .source("Whole", "@@ extends org.pf4j.Plugin", body)
            .extension("Idle", OBSERVER, body));
    start("whole").close();
    start("whole").close();
  }

  /** A constructor that nobody would call names a class that the jar lacks. */
  @Test
  void aJarThatLacksAClassIsLeftOut() throws IOException {
    Path jar =
        build(
            "lacking",
            Recipe.of("lacking", "1.0.0")
                .source("Absent", "@@", "")
                .extension(
                    "Lacking", OBSERVER, "public Lacking() {} public Lacking(Absent absent) {}"));
    try (FileSystem zip = FileSystems.newFileSystem(jar)) {
      Files.delete(zip.getPath("plugin/Absent.class"));
    }
    assertThat(reasonOf("lacking")).contains("plugin.Lacking cannot be linked", "plugin/Absent");
  }
}
