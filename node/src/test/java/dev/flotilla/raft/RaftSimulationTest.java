package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Safety under loss, reordering, duplication, partitions, crashes and membership changes, seed by
 * seed. {@code -Draft.firstSeed=N -Draft.seeds=1} repeats a seed; {@code -Draft.seconds=N} runs as
 * many as fit and prints how many that were a minute. Without either a short slice is run.
 */
class RaftSimulationTest {
  private static final long FIRST_SEED = Long.getLong("raft.firstSeed", 1);
  private static final long SEEDS = Long.getLong("raft.seeds", 0);
  private static final long SECONDS = Long.getLong("raft.seconds", SEEDS == 0 ? 15 : 0);
  private static final int STEPS = 20_000;

  @Test
  void holdsUnderFaults() {
    long began = System.nanoTime();
    long seeds = 0;
    long applied = 0;
    long reads = 0;
    do {
      SimCluster cluster = run(FIRST_SEED + seeds);
      applied += cluster.highestApplied();
      reads += cluster.readsServed();
      seeds++;
    } while (seeds < SEEDS || System.nanoTime() - began < TimeUnit.SECONDS.toNanos(SECONDS));
    double minutes = (System.nanoTime() - began) / 60e9;
    System.out.printf("%d seeds, %.0f a minute%n", seeds, seeds / minutes);
    // Else the faults are so many that nothing was tested.
    assertThat(applied).isGreaterThan(seeds * 50);
    assertThat(reads).isGreaterThan(seeds * 10);
  }

  private static SimCluster run(long seed) {
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
    return cluster;
  }
}
