package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.coprocessor.pf4j.PluginJars;
import dev.flotilla.coprocessor.pf4j.PluginJars.Recipe;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the program says to commands that it cannot begin with. */
class CommandLineTest {
  private record Outcome(int exit, String out, String err) {}

  private static Outcome run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(args);
    return new Outcome(exit, out.toString(), err.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          foo                  | unknown command 'foo'                 | flotilla --help
          ctl kv del k         | unknown command 'del'                 | flotilla ctl kv --help
          plugin test          | unknown command 'test'                | flotilla plugin --help
          ctl kv get k --limt  | Unknown option: '--limt'              | flotilla ctl kv get --help
          ctl kv get k l       | Unmatched argument at index 4: 'l'    | flotilla ctl kv get --help
          plugin check no.jar  | there is no file no.jar               | flotilla plugin check --help
          plugin check .       | there is no file .                    | flotilla plugin check --help
          bench --baseline /no | option --baseline: there is no folder /no to write to \
          | flotilla bench --help
          ctl operator add     | which command? add-peer, remove-peer, transfer-peer or \
          transfer-leader | flotilla ctl operator add --help
          """)
  void saysWhatItDoesNotUnderstand(String command, String text, String help) {
    assertThat(run(command.split(" ")))
        .isEqualTo(new Outcome(2, "", "flotilla: " + text + "\nTry: " + help + "\n"));
  }

  @Test
  void saysWhatIsWrongWithASetting() {
    for (String text : new String[] {"server.addr", "=1", ""}) {
      assertThat(run("start", "--set", text))
          .isEqualTo(
              new Outcome(2, "", "flotilla: option --set: '" + text + "' is not KEY=VALUE\n"));
    }
    assertThat(run("start", "--set", "a=b=c").err()).contains("unknown setting a;");
  }

  @Test
  void warnsOfAVariableThatIsNoSetting() {
    StartOptions.Loaded loaded =
        new StartOptions()
            .load(Optional.empty(), Map.of("FLOTILLA_BASE_TICK", "1s", "HOME", "/root"));
    assertThat(loaded.warnings())
        .containsExactly(
            "variable FLOTILLA_BASE_TICK is no setting and is ignored; the nearest that is one is"
                + " FLOTILLA_RAFTSTORE_BASE_TICK");
  }

  @Test
  void readsTheSettingsBesideAPlugin(@TempDir Path folder) throws IOException {
    Path jar =
        new PluginJars(folder.resolve("build"))
            .build(
                folder.resolve("plugins").resolve("mine-1.jar"),
                Recipe.of("mine", "1.0.0").extension("Mine", "@@ implements QueryObserver", ""));
    assertThat(check(jar, "").lines()).contains("a node would use it");
    Path settings = jar.resolveSibling("mine.toml");
    Files.writeString(settings, "enabled = true\n[config]\nany = 1\n");
    assertThat(check(jar, "").lines())
        .contains(
            "settings  " + settings,
            "note      whether the plugin knows any of [config], only its start shows: see the"
                + " node's log",
            "a node would use it");
    Files.writeString(settings, "enabled = false\n");
    assertThat(check(jar, "its settings say that it is not enabled")).isNotEmpty();
    Files.writeString(settings, "priority = 1\nenabeld = true\n");
    assertThat(check(jar, "mine.toml:2: enabeld: unknown key")).isNotEmpty();
  }

  /** What the check prints; fails when it ends otherwise than with {@code problem}, if any. */
  private static String check(Path jar, String problem) {
    Outcome outcome = run("plugin", "check", jar.toString());
    assertThat(outcome.exit()).as(outcome::out).isEqualTo(problem.isEmpty() ? 0 : 2);
    assertThat(outcome.out()).contains(problem);
    return outcome.out();
  }

  /** The property is what the script of an installation sets. */
  @Test
  void archivesNoClassesWhereItMayNotWrite(@TempDir Path folder) {
    Path missing = folder.resolve("lib");
    System.setProperty("flotilla.classes", missing.resolve("classes.jsa").toString());
    try {
      assertThat(run("archive-classes"))
          .isEqualTo(
              new Outcome(
                  1,
                  "",
                  "flotilla: no classes were archived: folder "
                      + missing
                      + " cannot be written to\n"));
    } finally {
      System.clearProperty("flotilla.classes");
    }
  }

  @Test
  void saysNothingOfWhatIsNoJar(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("text.jar"), "no jar");
    Outcome outcome = run("plugin", "check", file.toString());
    assertThat(outcome.exit()).isEqualTo(2);
    assertThat(outcome.out().lines())
        .hasSize(2)
        .allMatch(
            line ->
                line.startsWith("problem   not a readable jar: ")
                    || line.equals("a node would not use it"));
  }
}
