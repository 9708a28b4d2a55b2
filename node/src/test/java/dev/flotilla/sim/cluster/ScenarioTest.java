package dev.flotilla.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Scenarios as texts: commands, a line of dashes, and what is to come of them. {@code
 * -Dsim.rewrite=true} writes what does come; read the difference.
 */
class ScenarioTest {
  private static final Path FOLDER = Path.of("src/test/resources/scenarios");
  private static final Path TABLE = Path.of("src/test/java/dev/flotilla/sim/SCENARIOS.md");
  private static final int SCENARIOS = 85;

  @TestFactory
  Stream<DynamicTest> scenarios() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      List<Path> sorted = files.sorted().toList();
      assertThat(sorted).isNotEmpty();
      return sorted.stream()
          .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> play(file)));
    }
  }

  private static void play(Path file) throws IOException {
    String expected = Files.readString(file);
    String actual = play(expected);
    if (Boolean.getBoolean("sim.rewrite")) {
      Files.writeString(file, actual);
    } else {
      assertThat(actual).as(file.toString()).isEqualTo(expected);
    }
  }

  private static String play(String script) {
    Scenario scenario = new Scenario();
    StringBuilder text = new StringBuilder();
    List<String> answers = new ArrayList<>();
    boolean answering = false;
    for (String line : script.lines().toList()) {
      if (line.isBlank()) {
        answering = false;
        text.append('\n');
      } else if (line.startsWith("----")) {
        answering = true;
        text.append(line).append('\n');
        answers.forEach(answer -> text.append(answer).append('\n'));
        answers.clear();
      } else if (!answering) {
        text.append(line).append('\n');
        if (!line.startsWith("#")) {
          answers.addAll(scenario.command(line));
        }
      }
    }
    return text.toString();
  }

  /** Every scenario of the list has its test, or a reason why not. */
  @Test
  void everyScenarioIsInTheTable() throws IOException {
    Pattern row = Pattern.compile("\\| (\\d+) \\| ([^|]*) \\| ([^|]*) \\|");
    List<Integer> numbers = new ArrayList<>();
    for (String line : Files.readAllLines(TABLE)) {
      Matcher matcher = row.matcher(line);
      if (!matcher.matches()) {
        continue;
      }
      numbers.add(Integer.valueOf(matcher.group(1)));
      for (String test : matcher.group(3).split(",", -1)) {
        String name = test.strip();
        if (name.endsWith(".txt")) {
          assertThat(FOLDER.resolve(name)).as(line).exists();
        } else if (name.endsWith("Test")) {
          assertThat(exists(name)).as(line).isTrue();
        } else {
          assertThat(name).as(line).startsWith("no:");
        }
      }
    }
    List<Integer> all = new ArrayList<>();
    for (int number = 1; number <= SCENARIOS; number++) {
      all.add(number);
    }
    assertThat(numbers).isEqualTo(all);
  }

  private static boolean exists(String test) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      return files.anyMatch(file -> file.getFileName().toString().equals(test + ".java"));
    }
  }
}
