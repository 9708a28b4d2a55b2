package dev.flotilla.sim.planted;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * The tests that {@code raft/PITFALLS.md} names must fail when the mistake is made. {@code
 * -Draft.pitfalls=all} makes every mistake, {@code -Draft.pitfalls=P1,P16b} some; by default only
 * the worst are made.
 */
class RaftPitfallsTest {
  private static final Path TABLE = Path.of("src/test/java/dev/flotilla/raft/PITFALLS.md");
  private static final Pattern ROW = Pattern.compile("\\| ([PS]\\d+) .*");
  private static final Pattern NAMED = Pattern.compile("`(\\w+Test)\\.(\\w+)`");
  private static final String WORST = "P1,P3,P13,P20,P21b,P22,S1,S2,S3";

  /** The tests that the table names, by number of the mistake. */
  private static Map<String, List<String>> table() throws IOException {
    Map<String, List<String>> table = new LinkedHashMap<>();
    for (String line : Files.readAllLines(TABLE)) {
      Matcher row = ROW.matcher(line);
      if (row.matches() && !line.contains("does not apply: ")) {
        List<String> tests =
            NAMED.matcher(line).results().map(each -> each.group(1) + "." + each.group(2)).toList();
        table.put(row.group(1), tests);
      }
    }
    return table;
  }

  private static String number(PlantedBug bug) {
    return bug.name().replaceFirst("[a-z]$", "");
  }

  private static List<String> tests(Map<String, List<String>> table, PlantedBug bug) {
    return table.getOrDefault(number(bug), List.of());
  }

  @Test
  void everyMistakeOfTheTableCanBeMade() throws IOException {
    assertThat(RaftPitfalls.ALL.stream().map(RaftPitfallsTest::number).distinct())
        .containsExactlyElementsOf(table().keySet());
    for (PlantedBug bug : RaftPitfalls.ALL) {
      assertThat(bug.sources()).as(bug.name()).isNotEmpty();
    }
  }

  @Test
  void testsFailWhenTheMistakeIsMade() throws IOException {
    String wanted = System.getProperty("raft.pitfalls", WORST);
    List<String> names = Arrays.asList(wanted.split(",", -1));
    List<PlantedBug> bugs =
        RaftPitfalls.ALL.stream()
            .filter(bug -> wanted.equals("all") || names.contains(bug.name()))
            .toList();
    Map<String, List<String>> table = table();
    List<String> tests =
        bugs.stream().flatMap(bug -> tests(table, bug).stream()).distinct().toList();
    // Else a test that always fails would seem to notice everything.
    assertThat(failures(RaftPitfallsTest.class.getClassLoader(), tests)).isEmpty();
    List<String> missed = new ArrayList<>();
    for (PlantedBug bug : bugs) {
      List<String> failed = failures(MutantLoader.of(bug.sources()), tests(table, bug));
      System.out.printf("%-5s %-60s %s%n", bug.name(), bug.what(), failed);
      if (failed.isEmpty()) {
        missed.add(bug.name() + " " + bug.what());
      }
    }
    assertThat(missed).as("mistakes that no test notices").isEmpty();
  }

  /** Runs tests as {@code loader} loads them and returns those that failed. */
  private static List<String> failures(ClassLoader loader, List<String> tests) {
    List<DiscoverySelector> selectors = new ArrayList<>();
    for (String test : tests) {
      int dot = test.indexOf('.');
      selectors.add(selector(loader, test.substring(0, dot), test.substring(dot + 1)));
    }
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectors)
            .filters(EngineFilter.includeEngines("junit-jupiter"))
            .build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create(
            LauncherConfig.builder()
                .enableLauncherSessionListenerAutoRegistration(false)
                .enableTestExecutionListenerAutoRegistration(false)
                .build())
        .execute(request, listener);
    TestExecutionSummary summary = listener.getSummary();
    assertThat(summary.getTestsStartedCount()).isNotZero();
    for (TestExecutionSummary.Failure failure : summary.getFailures()) {
      // The test must notice, and not the loading of its classes.
      assertThat(failure.getException()).isNotInstanceOf(LinkageError.class);
    }
    return summary.getFailures().stream()
        .map(failure -> failure.getTestIdentifier().getLegacyReportingName())
        .toList();
  }

  private static DiscoverySelector selector(ClassLoader loader, String type, String name) {
    try {
      Class<?> tests = loader.loadClass("dev.flotilla.raft." + type);
      for (Method method : tests.getDeclaredMethods()) {
        if (method.getName().equals(name) && !method.isSynthetic()) {
          return DiscoverySelectors.selectMethod(tests, method);
        }
      }
      throw new IllegalStateException(type + " has no test " + name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(type, e);
    }
  }
}
