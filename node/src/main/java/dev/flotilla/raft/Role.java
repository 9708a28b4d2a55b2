package dev.flotilla.raft;

/** What a replica is in its current term. */
public enum Role {
  /** Accepts entries from a leader, or waits for one. */
  FOLLOWER,
  /** Asks for votes in its own, new term. */
  CANDIDATE,
  /** Won the election of its term. */
  LEADER,
  /** Asks whether it would win, without a new term (thesis 9.6). */
  PRE_CANDIDATE
}
