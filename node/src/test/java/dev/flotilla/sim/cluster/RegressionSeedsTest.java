package dev.flotilla.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Seeds that once failed, each with what it found; a line is added and never taken away. */
class RegressionSeedsTest {
  private static final Path SEEDS = Path.of("src/test/resources/sim/regression-seeds.txt");

  @TestFactory
  Stream<DynamicTest> stayFixed() throws IOException {
    return Files.readAllLines(SEEDS).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(line -> DynamicTest.dynamicTest(line, () -> run(line)));
  }

  private static void run(String line) {
    int end = line.indexOf(' ');
    long seed = Long.parseLong(end < 0 ? line : line.substring(0, end));
    assertThat(Simulation.run(seed).violation()).isNull();
  }
}
