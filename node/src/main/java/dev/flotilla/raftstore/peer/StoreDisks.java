package dev.flotilla.raftstore.peer;

import dev.flotilla.proto.disk_usage.DiskUsage;
import java.util.HashMap;
import java.util.Map;

/**
 * Which stores have little space left on their disks: this one as it says itself, others as their
 * messages say. On the store loop.
 */
public final class StoreDisks {
  private final long storeId;

  /** Stores with less than their reserve left. Hardly ever is there one. */
  private final Map<Long, DiskUsage> scarce = new HashMap<>();

  /**
   * @param storeId this store
   */
  public StoreDisks(long storeId) {
    this.storeId = storeId;
  }

  /** This store's disk was looked at. */
  public void onOwn(DiskUsage usage) {
    note(storeId, usage);
  }

  /** A message of a store came. Those that this store sends itself say nothing of its disk. */
  public void onHeard(long store, DiskUsage usage) {
    if (store != storeId) {
      note(store, usage);
    }
  }

  private void note(long store, DiskUsage usage) {
    if (usage == DiskUsage.AlmostFull || usage == DiskUsage.AlreadyFull) {
      scarce.put(store, usage);
    } else if (!scarce.isEmpty()) {
      scarce.remove(store);
    }
  }

  /** What this store is to say of its disk with each message. */
  public DiskUsage own() {
    return scarce.isEmpty() ? DiskUsage.Normal : usage(storeId);
  }

  /** Whether every disk has more than its reserve left, as far as is known. */
  boolean areWell() {
    return scarce.isEmpty();
  }

  /** Whether the disk of {@code store} has space for more data. */
  boolean hasSpace(long store) {
    return !isShort(store, DiskUsage.AlmostFull);
  }

  /** Whether the disk of {@code store} has come to {@code limit}, or past it. */
  boolean isShort(long store, DiskUsage limit) {
    return usage(store).compareTo(limit) >= 0;
  }

  private DiskUsage usage(long store) {
    return scarce.getOrDefault(store, DiskUsage.Normal);
  }
}
