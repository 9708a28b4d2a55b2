package dev.flotilla.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A value changes on one disk while everything else goes wrong, too: whoever is wrong is found and
 * replaced, never serves a read once that is known, and in the end all replicas are equal again.
 * {@code -Dsim.rot.seeds=N} runs that many seeds, from {@code -Dsim.first=N} on.
 */
class RotSimulationTest {
  private static final long ROT_MILLIS = 60_000;

  @Test
  void theMinorityIsReplacedWhateverElseGoesWrong() {
    long first = Long.getLong("sim.first", 1);
    long seeds = Long.getLong("sim.rot.seeds", 8);
    List<String> failures = new ArrayList<>();
    int found = 0;
    int disputes = 0;
    for (long seed = first; seed < first + seeds; seed++) {
      Knobs knobs = Knobs.draw(seed).withRot();
      List<Fault> faults = new ArrayList<>(FaultPlan.draw(seed, knobs));
      faults.add(new Fault(Fault.Kind.ROT, ROT_MILLIS, 0, 1 + (int) (seed % knobs.stores()), 0));
      Simulation.Outcome outcome = Simulation.run(seed, knobs, faults);
      if (outcome.violation() != null) {
        failures.add("seed " + seed + ": " + outcome.violation());
      }
      found += outcome.tally().of("quarantine") > 0 ? 1 : 0;
      disputes += outcome.tally().of("dispute") > 0 ? 1 : 0;
    }
    System.out.printf("%d seeds, found in %d, disputed in %d%n", seeds, found, disputes);
    assertThat(failures).isEmpty();
    assertThat(found).isGreaterThanOrEqualTo((int) (seeds * 3 / 4));
  }
}
