package dev.flotilla.sim.cluster;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * The {@linkplain FuzzTargets targets} for a fuzzer that is led by coverage: with the environment
 * variable {@code JAZZER_FUZZ=1} and {@code -Dtest=CoverageFuzzTest#command} one target is searched
 * for long; without it the inputs that were kept are tried again.
 */
class CoverageFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void raftMessage(byte[] input) {
    FuzzTargets.raftMessage(input);
  }

  @FuzzTest(maxDuration = "10m")
  void command(byte[] input) {
    FuzzTargets.command(input);
  }

  @FuzzTest(maxDuration = "10m")
  void stateOnDisk(byte[] input) {
    FuzzTargets.stateOnDisk(input);
  }

  @FuzzTest(maxDuration = "10m")
  void snapshot(byte[] input) {
    FuzzTargets.snapshot(input);
  }

  @FuzzTest(maxDuration = "10m")
  void keys(byte[] input) {
    FuzzTargets.keys(input);
  }
}
