package dev.flotilla.sim.cluster;

import java.util.ArrayList;
import java.util.List;

/** Leaves faults out of a failing run for as long as it still fails. */
final class Shrinker {
  private static final int RUNS_MAX = 60;

  private Shrinker() {}

  /** Returns a run with fewer faults that fails in the same way. */
  static Simulation.Outcome shrink(Simulation.Outcome failing) {
    Knobs knobs = Knobs.draw(failing.seed());
    Simulation.Outcome best = failing;
    List<Fault> kept = failing.faults();
    int runs = 0;
    for (int chunk = Math.max(1, kept.size() / 2); chunk > 0; chunk /= 2) {
      for (int at = 0; at < kept.size() && runs < RUNS_MAX; ) {
        List<Fault> fewer = new ArrayList<>(kept);
        fewer.subList(at, Math.min(at + chunk, fewer.size())).clear();
        runs++;
        Simulation.Outcome outcome = Simulation.run(failing.seed(), knobs, fewer);
        if (kind(outcome).equals(kind(failing))) {
          kept = fewer;
          best = outcome;
        } else {
          at += chunk;
        }
      }
    }
    return best;
  }

  /** What was wrong, without its numbers. */
  private static String kind(Simulation.Outcome outcome) {
    String violation = outcome.violation();
    return violation == null
        ? ""
        : violation.lines().findFirst().orElse("").replaceAll("\\d+", "#");
  }
}
