package dev.flotilla.node;

import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.store.RegionStatus;
import dev.flotilla.raftstore.store.Store;

/**
 * The store in numbers, at one moment.
 *
 * @param regions replicas of users' regions
 * @param leaders those of them that lead
 * @param hibernating those that hibernate
 * @param lastIndex sum of last log indexes
 * @param unapplied entries that are logged and not applied
 * @param quarantined replicas whose data is wrong
 * @param disputed replicas of regions of which nobody can tell whose data is right
 * @param logSyncs synced writes of the raft log since the start
 */
record StoreStats(
    int regions,
    int leaders,
    int hibernating,
    long lastIndex,
    long unapplied,
    int quarantined,
    int disputed,
    long logSyncs) {
  static final StoreStats NONE = new StoreStats(0, 0, 0, 0, 0, 0, 0, 0);

  /** On the store's thread. */
  static StoreStats of(Store store) {
    int regions = 0;
    int leaders = 0;
    int hibernating = 0;
    long lastIndex = 0;
    long unapplied = 0;
    int quarantined = 0;
    int disputed = 0;
    for (RegionStatus status : store.regionStatuses()) {
      if (!Regions.isSystem(status.region())) {
        regions++;
        leaders += status.leading() ? 1 : 0;
        hibernating += status.hibernating() ? 1 : 0;
      }
      lastIndex += status.lastIndex();
      quarantined += status.quarantined() ? 1 : 0;
      disputed += status.region().getDisputed() ? 1 : 0;
      unapplied += status.lastIndex() - status.appliedIndex();
    }
    return new StoreStats(
        regions,
        leaders,
        hibernating,
        lastIndex,
        unapplied,
        quarantined,
        disputed,
        store.logSyncs());
  }
}
