package dev.flotilla.raft;

/** What became of a call. Only {@link #OK} has any effect on the group. */
public enum StepResult {
  /** Accepted; for a proposal this does not promise that it commits. */
  OK,
  /** No leader known, a leader transfer in progress, or too much uncommitted data: try again. */
  PROPOSAL_DROPPED,
  /** No leader known or too many reads waiting: try again. */
  READ_DROPPED,
  /** A message that only this replica may send to itself came from outside. */
  STEP_LOCAL_MESSAGE,
  /** A response came from a peer that is not in the configuration. */
  STEP_PEER_NOT_FOUND
}
