package dev.flotilla.raft;

/**
 * Where election timeouts come from. Replicas of one group must draw differently from each other,
 * or their elections collide for ever.
 */
@FunctionalInterface
public interface TimeoutSource {
  /**
   * Returns a number of ticks, at least {@code minTicks} and below {@code maxTicks}.
   *
   * @param term that the replica is in from now on
   */
  int draw(long term, int minTicks, int maxTicks);
}
