package dev.flotilla.raftstore;

/** Periodic duties of a store; each has an interval in the configuration, 0 turns it off. */
public enum Tick {
  /** Advances the logical clock of every region; base of elections and heartbeats. */
  RAFT,
  /** Proposes log compaction for led regions. */
  RAFT_LOG_GC,
  /** Looks for led regions that have grown. */
  SPLIT_CHECK,
  /** Looks for regions in which much was deleted. */
  COMPACT_CHECK,
  /** Begins the comparison of one region's replicas. */
  CONSISTENCY_CHECK,
  /** Deletes files of snapshots that nobody needs. */
  SNAPSHOT_GC,
  /** Reports led regions to the placement driver. */
  REGION_HEARTBEAT,
  /** Reports the store to the placement driver. */
  STORE_HEARTBEAT
}
