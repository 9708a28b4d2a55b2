package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Safety under loss, reordering, duplication, crashes and membership changes, seed by seed. */
class RaftSimulationTest {
  private static final long SEEDS = Long.getLong("raft.seeds", 60);
  private static final long FIRST_SEED = Long.getLong("raft.firstSeed", 1);
  private static final int STEPS = 20_000;

  @Test
  void holdsUnderFaults() {
    long applied = 0;
    long reads = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      SimCluster cluster = new SimCluster(seed);
      try {
        for (int i = 0; i < STEPS; i++) {
          cluster.step(true);
        }
        boolean recovers = cluster.recovers();
        assertThat(recovers || !cluster.mustRecover()).as("recovery of " + cluster).isTrue();
      } catch (RuntimeException broken) {
        throw new AssertionError(cluster.toString(), broken);
      }
      applied += cluster.highestApplied();
      reads += cluster.readsServed();
    }
    // Else the faults are so many that nothing was tested.
    assertThat(applied).isGreaterThan(SEEDS * 100);
    assertThat(reads).isGreaterThan(SEEDS * 10);
  }
}
