package dev.flotilla.raft;

/** How a leader sends its log to one peer. */
public enum ProgressState {
  /** One append at a time, to find where the logs agree. */
  PROBE,
  /** A window of appends in flight. */
  REPLICATE,
  /** Nothing, until the peer has installed a snapshot. */
  SNAPSHOT
}
