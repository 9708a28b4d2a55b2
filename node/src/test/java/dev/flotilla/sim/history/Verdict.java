package dev.flotilla.sim.history;

/** What a checker found. */
public enum Verdict {
  LINEARIZABLE,
  ILLEGAL,
  /** The search was given up; to be treated as a failure, never as a pass. */
  UNDECIDED
}
