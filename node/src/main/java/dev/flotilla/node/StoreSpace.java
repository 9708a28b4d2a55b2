package dev.flotilla.node;

import dev.flotilla.engine.Engine;
import dev.flotilla.engine.Engines;
import dev.flotilla.proto.pdpb.StoreStats;
import java.util.List;

/**
 * The space on the disk of a store: how much there is, is left besides the reserve, and is its own.
 * Any thread that may wait for a disk.
 */
final class StoreSpace {
  private static final List<String> USED =
      List.of("rocksdb.live-sst-files-size", "rocksdb.cur-size-all-mem-tables");

  private final DiskWatch disk;
  private final Engines engines;

  /**
   * @param engines what takes the store's space
   */
  StoreSpace(DiskWatch disk, Engines engines) {
    this.disk = disk;
    this.engines = engines;
  }

  /** Adds what is so now to what a store says of itself; zeros where the disk does not say. */
  void addTo(StoreStats.Builder stats) {
    stats
        .setCapacity(disk.capacity())
        .setAvailable(disk.available())
        .setUsedSize(used(engines.kv()) + used(engines.raft()));
  }

  private static long used(Engine engine) {
    try {
      return USED.stream().mapToLong(name -> engine.property(name).orElse(0)).sum();
    } catch (IllegalStateException closed) {
      // The last word of a node that stops.
      return 0;
    }
  }
}
