package dev.flotilla.sim.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * The faults of a run, drawn before it begins, so that some can be left out to find the culprit.
 */
final class FaultPlan {
  private FaultPlan() {}

  static List<Fault> draw(long seed, Knobs knobs) {
    List<Fault> faults = new ArrayList<>();
    if (knobs.faultKinds().isEmpty()) {
      return faults;
    }
    Dice dice = new Dice(seed, "faults");
    long endMillis = knobs.minutes() * 60_000L;
    double atMillis = 3_000;
    while (true) {
      atMillis += 1 + knobs.faultEverySeconds() * 2_000 * dice.fraction();
      if (atMillis >= endMillis) {
        return faults;
      }
      faults.add(draw(dice, knobs, (long) atMillis));
    }
  }

  private static Fault draw(Dice dice, Knobs knobs, long atMillis) {
    Fault.Kind kind = dice.pick(knobs.faultKinds());
    int store = 1 + dice.below(knobs.stores());
    int neighbour = 1 + (store - 1 + 1 + dice.below(knobs.stores() - 1)) % knobs.stores();
    // Mostly about an election, sometimes much longer.
    long forMillis = dice.chance(0.2) ? dice.between(5_000, 40_000) : dice.between(50, 4_000);
    long other =
        switch (kind) {
          case CUT_ONE_WAY, CUT_BOTH_WAYS, CLOG -> neighbour;
          case PARTITION, PARTITION_ONE_WAY -> 1 + dice.below((1 << knobs.stores()) - 2);
          case LOSS -> dice.between(5, 60);
          case SLOW_DISK -> dice.between(10, 300);
          case DISK_ERROR -> dice.between(1, 20);
          case CRASH_AT_POINT -> dice.below(CrashPoint.values().length);
          case WALL_JUMP -> dice.between(-3_600_000, 3_600_000);
          case KILL,
              POWER_LOSS,
              POWER_LOSS_ALL,
              PAUSE,
              DISK_FULL,
              LITTLE_SPACE,
              ISOLATE_LEADER,
              PAUSE_LEADER,
              LATE_ANSWERS_TO_LEADER,
              CUT_DURING_TRANSFER,
              SPLIT_IN_USE,
              CHANGE_TWICE,
              UNREADABLE_BLOCK,
              WIPE,
              STALL_APPLY,
              CHANGE_UNAPPLIED,
              OLD_ENTRY_ON_QUORUM,
              ROT ->
              dice.below(1 << 30);
        };
    return new Fault(kind, atMillis, forMillis, store, other);
  }
}
