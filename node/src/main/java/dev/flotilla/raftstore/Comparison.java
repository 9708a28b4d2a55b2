package dev.flotilla.raftstore;

/**
 * How far the comparison of a region's replicas has come, as its leader knows.
 *
 * @param index log index as of which they hash their data; 0 when none of them has
 * @param alike replicas that have the same, as far as is known
 * @param differing those that have something else than a majority, or all if there is none
 * @param silent those that have not said
 */
public record Comparison(long index, int alike, int differing, int silent) {
  /** Of a replica that does not compare. */
  public static final Comparison NONE = new Comparison(0, 0, 0, 0);
}
