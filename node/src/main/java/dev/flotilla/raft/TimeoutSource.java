package dev.flotilla.raft;

/**
 * Where election timeouts come from. Replicas of one group must draw independently of each other,
 * or their elections collide for ever.
 */
@FunctionalInterface
public interface TimeoutSource {
  /** Returns a number of ticks, at least {@code minTicks} and below {@code maxTicks}. */
  int draw(int minTicks, int maxTicks);
}
