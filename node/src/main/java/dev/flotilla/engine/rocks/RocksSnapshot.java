package dev.flotilla.engine.rocks;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.EngineSnapshot;
import dev.flotilla.engine.KeyRange;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.Snapshot;

/** A sequence number that compaction respects until it is released. */
final class RocksSnapshot implements EngineSnapshot {
  private final Database database;
  private final long number;
  private final Snapshot snapshot;
  private final Lifetime lifetime;
  private final ReadOptions options = new ReadOptions();
  private final RocksReads reads;

  private RocksSnapshot(Database database) {
    this.database = database;
    number = database.snapshots().opened();
    snapshot = database.db().getSnapshot();
    lifetime = new Lifetime("snapshot of " + database.name(), this::free);
    reads = new RocksReads(database, lifetime, options, snapshot);
  }

  /** Takes a snapshot, which keeps the database open until it is freed. */
  static RocksSnapshot take(Database database) {
    database.lifetime().enter();
    return new RocksSnapshot(database);
  }

  @Override
  public byte @Nullable [] get(Cf cf, byte[] key) {
    return reads.get(cf, key);
  }

  @Override
  public List<byte @Nullable []> multiGet(Cf cf, List<byte[]> keys) {
    return reads.multiGet(cf, keys);
  }

  @Override
  public EngineIterator iterator(Cf cf, KeyRange range) {
    return reads.iterator(cf, range);
  }

  @Override
  public void close() {
    lifetime.close();
  }

  private void free() {
    options.close();
    database.db().releaseSnapshot(snapshot);
    snapshot.close();
    database.snapshots().closed(number);
    database.lifetime().exit();
  }
}
