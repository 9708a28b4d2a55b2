package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tables beside the tests name tests that exist, and leave no item out. */
class TablesTest {
  private static final Path FOLDER = Path.of("src/test/java/dev/flotilla/raft");
  private static final Pattern NAMED = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

  private static List<String> rows(String file) throws IOException {
    return Files.readAllLines(FOLDER.resolve(file)).stream()
        .filter(line -> line.matches("\\| P?\\d.*"))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"SCENARIOS.md, 219, ''", "PITFALLS.md, 59, P"})
  void everyItemIsThere(String file, int items, String prefix) throws IOException {
    List<String> rows = rows(file);
    assertThat(rows).hasSize(items);
    for (int i = 0; i < items; i++) {
      assertThat(rows.get(i)).startsWith("| " + prefix + (i + 1) + " ");
      assertThat(NAMED.matcher(rows.get(i)).find() || rows.get(i).contains("does not apply: "))
          .as(rows.get(i))
          .isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"SCENARIOS.md", "PITFALLS.md"})
  void everyTestNamedExists(String file) throws Exception {
    for (String row : rows(file)) {
      Matcher named = NAMED.matcher(row);
      while (named.find()) {
        Class<?> tests = Class.forName("dev.flotilla.raft." + named.group(1));
        assertThat(Arrays.stream(tests.getDeclaredMethods()).filter(TablesTest::isTest))
            .as(row)
            .extracting(Method::getName)
            .contains(named.group(2));
      }
    }
  }

  private static boolean isTest(Method method) {
    return method.isAnnotationPresent(Test.class)
        || method.isAnnotationPresent(ParameterizedTest.class)
        || method.isAnnotationPresent(TestFactory.class);
  }
}
