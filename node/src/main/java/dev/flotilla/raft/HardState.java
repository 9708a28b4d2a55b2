package dev.flotilla.raft;

/**
 * What must survive a crash besides the log.
 *
 * @param term latest term seen
 * @param vote peer voted for in that term; 0 for none
 * @param commit highest index known to be committed
 */
public record HardState(long term, long vote, long commit) {
  /** State of a replica that has seen nothing. */
  public static final HardState EMPTY = new HardState(0, 0, 0);

  /** Returns whether nothing was ever recorded. */
  public boolean isEmpty() {
    return term == 0 && vote == 0 && commit == 0;
  }
}
