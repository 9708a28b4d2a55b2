package dev.flotilla.coprocessor.api;

/** What an admin command does to a region. More may come; treat the unknown as {@link #OTHER}. */
public enum AdminKind {
  /** Divides the region at one or several keys. */
  SPLIT,
  /** Adds, removes or changes replicas. */
  CHANGE_PEER,
  /** Moves leadership. Is not logged, so it is seen before the proposal only. */
  TRANSFER_LEADER,
  /**
   * Drops log entries that all replicas have applied. While it is refused, the region's log grows.
   */
  COMPACT_LOG,
  /** Compares the replicas' data: computes a hash. */
  COMPUTE_HASH,
  /** Compares the replicas' data: checks the hash. */
  VERIFY_HASH,
  /** What this version of the API has no word for. */
  OTHER
}
