package dev.flotilla.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Whole clusters under everything that can go wrong, seed by seed.
 *
 * <p>{@code -Dsim.seed=N} runs one seed and tells all about it; {@code -Dsim.seeds=N} runs that
 * many, {@code -Dsim.seconds=N} as many as there is time for, from {@code -Dsim.first=N} on.
 */
class SimulationTest {
  @Test
  void holdsUnderFaults() {
    Long seed = Long.getLong("sim.seed");
    SeedRunner runner = new SeedRunner(Long.getLong("sim.first", 1));
    if (seed != null) {
      runner.runOne(seed);
    } else if (Long.getLong("sim.seeds") != null) {
      runner.runSeeds(Long.getLong("sim.seeds", 1));
    } else {
      runner.runFor(Long.getLong("sim.seconds", 60));
    }
    assertThat(runner.failures()).isEmpty();
  }
}
