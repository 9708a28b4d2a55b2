package dev.flotilla.engine.rocks;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.FaultListener;
import dev.flotilla.engine.SyncListener;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;

/** Opens the two databases of a store: folders {@code kv} and {@code raft} of its data folder. */
public final class RocksEngines {
  private RocksEngines() {}

  /** As {@link #open(Path, RocksSettings, FaultListener, SyncListener)}; nobody measures syncs. */
  public static Engines open(Path dataFolder, RocksSettings settings, FaultListener listener) {
    return open(dataFolder, settings, listener, nanos -> {});
  }

  /**
   * Opens both databases, creating what is missing. They share one block cache.
   *
   * @param listener told once by each database of its first fault
   * @param syncs told of each sync of the raft database
   * @throws dev.flotilla.engine.EngineOpenException if one of them cannot be opened; none is then
   */
  public static Engines open(
      Path dataFolder, RocksSettings settings, FaultListener listener, SyncListener syncs) {
    RocksDB.loadLibrary();
    // The databases hold the cache themselves; this is only our handle of it.
    try (LRUCache cache = new LRUCache(settings.blockCacheBytes())) {
      RocksEngine kv =
          RocksEngine.open(
              dataFolder.resolve("kv"),
              List.of(Cf.values()),
              EnumSet.of(Cf.RAFT),
              settings,
              cache,
              listener,
              nanos -> {});
      try {
        RocksEngine raft =
            RocksEngine.open(
                dataFolder.resolve("raft"),
                List.of(Cf.DEFAULT),
                EnumSet.of(Cf.DEFAULT),
                settings,
                cache,
                listener,
                syncs);
        return new Engines(kv, raft);
      } catch (RuntimeException e) {
        kv.close();
        throw e;
      }
    }
  }
}
