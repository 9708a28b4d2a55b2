package dev.flotilla.raft;

/** How a leader makes sure that it still leads before it answers a read. */
public enum ReadOnlyOption {
  /** By a round of heartbeats (thesis 6.4). */
  SAFE,
  /** By its lease; needs check quorum and clocks of bounded drift (thesis 6.4.1). */
  LEASE_BASED
}
