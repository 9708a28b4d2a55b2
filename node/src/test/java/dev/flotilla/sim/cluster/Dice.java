package dev.flotilla.sim.cluster;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Chance for one purpose. Each purpose has a stream of its own, so that a draw more for one does
 * not change what happens to the others.
 */
public final class Dice {
  private final SplittableRandom random;

  Dice(long seed, String purpose) {
    random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + purpose.hashCode());
  }

  boolean chance(double odds) {
    return odds > 0 && random.nextDouble() < odds;
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  /** From {@code low} to {@code high}, both included. */
  long between(long low, long high) {
    return low >= high ? low : random.nextLong(low, high + 1);
  }

  double fraction() {
    return random.nextDouble();
  }

  long seed() {
    return random.nextLong();
  }

  <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
