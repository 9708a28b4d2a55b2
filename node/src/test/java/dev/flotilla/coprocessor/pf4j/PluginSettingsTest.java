package dev.flotilla.coprocessor.pf4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.CoprocessorStatus;
import dev.flotilla.coprocessor.CoprocessorStatus.State;
import dev.flotilla.coprocessor.pf4j.PluginJars.Recipe;
import dev.flotilla.node.settings.PluginFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings beside the jars that cannot be read. */
class PluginSettingsTest {
  private static final String OBSERVER = "@@ implements QueryObserver";

  @TempDir private Path temp;
  private Path folder;
  private final CoprocessorHost host = CoprocessorHost.withBuiltIns();

  @BeforeEach
  void setUp() throws IOException {
    folder = Files.createDirectory(temp.resolve("plugins"));
  }

  private Path jar(String id) throws IOException {
    return new PluginJars(temp.resolve("build"))
        .build(
            folder.resolve(id + ".jar"),
            Recipe.of(id, "1.0.0").extension("Observer", OBSERVER, ""));
  }

  private Path set(String id, String settings) throws IOException {
    return Files.writeString(folder.resolve(id + ".toml"), settings);
  }

  private CoprocessorManager start() {
    return CoprocessorManager.start(
        () -> PluginFiles.read(folder, temp.resolve("data")), PluginJars.node(host));
  }

  private static void look(CoprocessorManager manager) {
    for (int i = 0; i < 3; i++) {
      manager.look(newcomers -> {});
    }
  }

  private List<String> used() {
    return host.status().stream()
        .filter(status -> status.state() == State.ACTIVE)
        .map(CoprocessorStatus::pluginId)
        .filter(id -> !id.startsWith("flotilla."))
        .toList();
  }

  private List<String> failures() {
    return host.status().stream()
        .filter(status -> status.state() == State.FAILED)
        .map(status -> status.pluginId() + ": " + status.reason())
        .toList();
  }

  /** It may say that the plugin is required. */
  @Test
  void keepANodeFromStarting() throws IOException {
    Path settings = set("a", "required = 1\n");
    assertThatThrownBy(this::start)
        .hasMessageContaining(settings + ":1: required: must be true or false");
  }

  @Test
  void keepNoOtherPluginBack() throws IOException {
    jar("a");
    try (CoprocessorManager manager = start()) {
      jar("b");
      Path settings = set("a", "priority = \"high\"\n");
      look(manager);
      assertThat(used()).containsExactlyInAnyOrder("a", "b");
      assertThat(failures())
          .singleElement()
          .asString()
          .startsWith("a: ")
          .contains(settings + ":1: priority: must be a number");
      Files.delete(folder.resolve("a.jar"));
      look(manager);
      assertThat(used()).as("they may say that it is required").contains("a");
      set("a", "priority = 7\n");
      look(manager);
      assertThat(used()).containsExactly("b");
      assertThat(failures()).isEmpty();
    }
  }

  @Test
  void areThoseOfOnePluginOnly() throws IOException {
    try (CoprocessorManager manager = start()) {
      jar("a");
      set("a", "enabled = maybe\n");
      jar("b");
      look(manager);
      assertThat(used()).containsExactly("b");
      assertThat(failures()).singleElement().asString().contains("a.toml:1: not TOML");
      set("a", "enabled = true\n");
      look(manager);
      assertThat(used()).containsExactly("a", "b");
    }
  }
}
