package dev.flotilla.raftstore.snap;

/**
 * Identity of a snapshot: the region's data as of one log entry. The same key means the same data
 * on every store.
 */
public record SnapKey(long regionId, long term, long index) {
  /** As in file names. */
  @Override
  public String toString() {
    return regionId + "_" + term + "_" + index;
  }
}
