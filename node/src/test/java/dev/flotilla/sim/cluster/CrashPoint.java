package dev.flotilla.sim.cluster;

/**
 * Places where a process may die. All are calls through a door, as a crash between two of them
 * cannot be told from a crash at the later one: memory is lost either way.
 *
 * <p>Points of the field that are not here lie between two doors: before and after a split is
 * applied (see the region's change), a lease check or a read index (nothing is written), the end of
 * an installed snapshot (see its last write).
 */
public enum CrashPoint {
  /** The turn's log is about to be written. */
  RAFT_BEFORE_SAVE,
  /** The turn's states are written, its log is not. */
  RAFT_BETWEEN_SAVE,
  /** The turn's log is written, and nobody was told. */
  RAFT_AFTER_SAVE,
  /** A message leaves before anything was written. */
  BEFORE_LEADER_SEND,
  /** A message leaves after the log was written. */
  BEFORE_FOLLOWER_SEND,
  /** Committed entries are handed to the apply worker. */
  BEFORE_APPLY_SCHEDULED,
  /** The apply worker is about to write. */
  APPLY_BEFORE_WRITE,
  /** The apply worker has written, and nobody was told. */
  APPLY_AFTER_WRITE,
  /** A region's range or members are about to be written. */
  BEFORE_REGION_CHANGE,
  /** A region's range or members are written. */
  AFTER_REGION_CHANGE,
  /** A tombstone is about to be written. */
  DESTROY_PEER_BEFORE_SAVE,
  /** A tombstone is written, the log is still there. */
  DESTROY_PEER_AFTER_SAVE,
  /** A snapshot is about to be built. */
  REGION_GEN_SNAP,
  /** A snapshot was accepted; its data is about to be put in place. */
  REGION_APPLY_SNAP,
  /** A snapshot's data is in place, the store loop was not told. */
  RAFT_AFTER_APPLY_SNAP,
  /** A state that says a snapshot is being applied is about to be written. */
  RAFT_BEFORE_APPLY_SNAP,
  /** Entries of the log are about to be deleted. */
  LOG_GC_BEFORE_DELETE
}
