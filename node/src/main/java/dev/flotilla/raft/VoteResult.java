package dev.flotilla.raft;

/** State of a vote. */
enum VoteResult {
  /** Neither outcome is certain yet. */
  PENDING,
  /** A majority has refused. */
  LOST,
  /** A majority has agreed. */
  WON
}
