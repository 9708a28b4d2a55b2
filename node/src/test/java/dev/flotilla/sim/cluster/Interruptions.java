package dev.flotilla.sim.cluster;

/**
 * Lets the others go on while a worker is in the middle of its work, as they do that run in threads
 * of their own. One worker at a time is held up.
 */
final class Interruptions {
  private final Timeline timeline;
  private final Dice dice;
  private final double millisMax;
  private boolean busy;

  Interruptions(Timeline timeline, Dice dice, double millisMax) {
    this.timeline = timeline;
    this.dice = dice;
    this.millisMax = millisMax;
  }

  /**
   * Holds up a worker of {@code machine} now and then, until the process goes on if it is paused
   * meanwhile.
   *
   * @throws Outlived when the process has died meanwhile
   */
  void holdUp(SimMachine machine, double odds) {
    if (millisMax == 0 || busy || !dice.chance(odds)) {
      return;
    }
    int life = machine.life();
    long untilNanos =
        timeline.nowNanos()
            + (long) (dice.fraction() * dice.fraction() * millisMax * Timeline.MILLI);
    busy = true;
    try {
      while (timeline.step(untilNanos)) {
        if (machine.life() != life) {
          throw new Outlived();
        }
        untilNanos = Math.max(untilNanos, machine.pausedUntilNanos());
      }
    } finally {
      busy = false;
    }
  }

  /** Thrown through the code of a worker whose process has died. No fault of the code. */
  static final class Outlived extends Error {
    private static final long serialVersionUID = 1;

    Outlived() {
      super("the process has died", null, false, false);
    }
  }
}
