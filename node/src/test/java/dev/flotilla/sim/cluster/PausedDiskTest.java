package dev.flotilla.sim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a store says of its disk when that was full, and has space again, during a pause. */
class PausedDiskTest {
  private static final int SEEDS = 20;

  /**
   * It looks when it goes on, and finds space. One that reported its looks of before, in another
   * order, would be left behind for ever.
   */
  @Test
  void aStoreThatGoesOnSaysHowItsDiskIsThen() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      Scenario scenario = new Scenario();
      scenario.command("cluster stores=3 seed=" + seed);
      assertThat(scenario.command("put k1 v1")).containsExactly("ok");
      scenario.command("pause 3 for=500");
      scenario.command("space 3 AlreadyFull");
      scenario.command("run 100");
      scenario.command("space 3 Normal");
      scenario.command("run 1000");
      assertThat(scenario.command("put k2 v2")).containsExactly("ok");
      assertThat(scenario.command("await 3 k2 v2")).as("seed " + seed).containsExactly("yes");
    }
  }
}
