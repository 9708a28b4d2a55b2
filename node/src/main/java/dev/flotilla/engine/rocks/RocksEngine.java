package dev.flotilla.engine.rocks;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Engine;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.EngineReader;
import dev.flotilla.engine.EngineSnapshot;
import dev.flotilla.engine.FaultListener;
import dev.flotilla.engine.KeyRange;
import dev.flotilla.engine.SyncListener;
import dev.flotilla.engine.WriteBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.Range;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SizeApproximationFlag;
import org.rocksdb.Slice;
import org.rocksdb.Status;
import org.rocksdb.WriteOptions;

/** An {@link Engine} over one RocksDB. Thread-safe. */
public final class RocksEngine implements Engine {
  private static final int KEY_BYTES_GUESS = 64;

  /** Longer than most reads take; what is not dropped then goes by compaction. */
  private static final Duration SNAPSHOTS_PATIENCE = Duration.ofSeconds(1);

  private final Database database;
  private final RocksReads reads;
  private final WriteOptions synced;
  private final WriteOptions unsynced;
  private final SyncListener syncs;

  private RocksEngine(Database database, SyncListener syncs) {
    this.database = database;
    this.syncs = syncs;
    NativeHandles handles = database.handles();
    synced = handles.own(new WriteOptions()).setSync(true);
    unsynced = handles.own(new WriteOptions());
    reads = new RocksReads(database, database.lifetime(), handles.own(new ReadOptions()), null);
  }

  /**
   * Opens the database in the folder, creating what is missing.
   *
   * @param families all that it has or is to have; {@link Cf#DEFAULT} must be one of them
   * @param byRegion those of them whose keys begin with a region and are written in order in it
   * @param listener told of the first fault
   * @param syncs told of each sync
   * @throws dev.flotilla.engine.EngineOpenException if it cannot be opened
   */
  static RocksEngine open(
      Path folder,
      List<Cf> families,
      Set<Cf> byRegion,
      RocksSettings settings,
      Cache cache,
      FaultListener listener,
      SyncListener syncs) {
    return new RocksEngine(
        Database.open(folder, families, byRegion, settings, cache, listener), syncs);
  }

  @Override
  public List<Cf> families() {
    return database.cfs();
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
  public EngineSnapshot snapshot() {
    return RocksSnapshot.take(database);
  }

  @Override
  public WriteBatch newBatch() {
    return new RocksBatch(database);
  }

  @Override
  public void write(WriteBatch batch, boolean sync) {
    if (!(batch instanceof RocksBatch rocksBatch)) {
      throw new IllegalArgumentException("batch of another engine");
    }
    org.rocksdb.WriteBatch content = rocksBatch.unwrap(database);
    if (content.count() == 0) {
      // Of an empty batch only the sync matters, and that must cover what was written before.
      if (sync) {
        syncWal();
      }
      return;
    }
    if (sync) {
      changeDurably("write", db -> db.write(synced, content));
    } else {
      change("write", db -> db.write(unsynced, content));
    }
  }

  @Override
  public void syncWal() {
    changeDurably("sync of the log", RocksDB::syncWal);
  }

  @Override
  public void deleteFilesInRange(KeyRange range) {
    if (range.isEmpty()
        || bytes(range, SizeApproximationFlag.INCLUDE_FILES) == 0
        || !database.snapshots().awaitClosed(SNAPSHOTS_PATIENCE)) {
      return;
    }
    // Null is what the database takes for no bound.
    List<byte @Nullable []> bounds = Arrays.asList(range.start(), endOrNull(range));
    change(
        "deletion of files",
        db -> {
          for (ColumnFamilyHandle family : database.families()) {
            db.deleteFilesInRanges(family, bounds, false);
          }
        });
  }

  @Override
  public long export(EngineReader view, Cf cf, KeyRange range, Path file) throws IOException {
    database.lifetime().enter();
    try {
      return SstFiles.write(view, cf, range, file);
    } finally {
      database.lifetime().exit();
    }
  }

  @Override
  public void ingest(Map<Cf, Path> files) {
    change("ingestion of files", db -> SstFiles.ingest(db, database::handle, files));
  }

  @Override
  public long approximateBytes(KeyRange range) {
    return bytes(
        range, SizeApproximationFlag.INCLUDE_FILES, SizeApproximationFlag.INCLUDE_MEMTABLES);
  }

  private long bytes(KeyRange range, SizeApproximationFlag... where) {
    if (range.isEmpty()) {
      return 0;
    }
    byte[] end = range.end();
    if (!range.isBounded()) {
      end = new byte[KEY_BYTES_GUESS];
      Arrays.fill(end, (byte) 0xFF);
    }
    database.lifetime().enter();
    try (Slice from = new Slice(range.start());
        Slice to = new Slice(end)) {
      long bytes = 0;
      for (ColumnFamilyHandle family : database.families()) {
        long[] sizes =
            database.db().getApproximateSizes(family, List.of(new Range(from, to)), where);
        bytes += sizes[0];
      }
      return bytes;
    } finally {
      database.lifetime().exit();
    }
  }

  @Override
  public void compact(Cf cf, KeyRange range) {
    ColumnFamilyHandle family = database.handle(cf);
    if (!range.isEmpty()) {
      change("compaction", db -> db.compactRange(family, range.start(), endOrNull(range)));
    }
  }

  @Override
  public void flush() {
    change(
        "flush",
        db -> {
          try (FlushOptions options = new FlushOptions().setWaitForFlush(true)) {
            db.flush(options, database.families());
          }
        });
  }

  @Override
  public boolean isEmpty() {
    for (Cf cf : families()) {
      try (EngineIterator iterator = iterator(cf, KeyRange.ALL)) {
        if (iterator.seekToFirst()) {
          return false;
        }
      }
    }
    return true;
  }

  @Override
  public OptionalLong property(String name) {
    database.lifetime().enter();
    try {
      return OptionalLong.of(database.db().getAggregatedLongProperty(name));
    } catch (RocksDBException e) {
      if (e.getStatus() != null && e.getStatus().getCode() == Status.Code.NotFound) {
        return OptionalLong.empty();
      }
      throw database.faults().ofRead("reading property " + name, e);
    } finally {
      database.lifetime().exit();
    }
  }

  @Override
  public void close() {
    database.lifetime().close();
  }

  @FunctionalInterface
  private interface Change {
    void applyTo(RocksDB db) throws RocksDBException;
  }

  private void changeDurably(String operation, Change change) {
    long began = System.nanoTime();
    change(operation, change);
    syncs.onSynced(System.nanoTime() - began);
  }

  private void change(String operation, Change change) {
    database.lifetime().enter();
    try {
      database.faults().checkWritable();
      change.applyTo(database.db());
    } catch (RocksDBException e) {
      throw database.faults().ofWrite(operation, e);
    } finally {
      database.lifetime().exit();
    }
  }

  private static byte @Nullable [] endOrNull(KeyRange range) {
    return range.isBounded() ? range.end() : null;
  }
}
