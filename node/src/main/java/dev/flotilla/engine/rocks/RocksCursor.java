package dev.flotilla.engine.rocks;

import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.KeyRange;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;

/** An iterator with its bounds. RocksDB says "not valid" both at the end and on a failed read. */
final class RocksCursor implements EngineIterator {
  private final Faults faults;
  private final Lifetime lifetime;
  private final NativeHandles handles;
  private final RocksIterator iterator;
  private boolean valid;
  private boolean closed;

  private RocksCursor(
      Faults faults, Lifetime lifetime, NativeHandles handles, RocksIterator iterator) {
    this.faults = faults;
    this.lifetime = lifetime;
    this.handles = handles;
    this.iterator = iterator;
  }

  /** Opens a cursor that leaves {@code lifetime} when it is closed. */
  static RocksCursor open(
      Database database,
      ColumnFamilyHandle family,
      @Nullable Snapshot snapshot,
      KeyRange range,
      Lifetime lifetime) {
    NativeHandles handles = new NativeHandles();
    // The database reads bounds where they are: they must outlive the iterator.
    ReadOptions options = handles.own(new ReadOptions());
    if (snapshot != null) {
      options.setSnapshot(snapshot);
    }
    if (range.start().length != 0) {
      options.setIterateLowerBound(handles.own(new Slice(range.start())));
    }
    if (range.isBounded()) {
      // Bounds in the wrong order are undefined for RocksDB.
      byte[] end = range.isEmpty() ? range.start() : range.end();
      options.setIterateUpperBound(handles.own(new Slice(end)));
    }
    RocksIterator iterator = handles.own(database.db().newIterator(family, options));
    return new RocksCursor(database.faults(), lifetime, handles, iterator);
  }

  @Override
  public boolean seek(byte[] key) {
    requireOpen();
    iterator.seek(key);
    return moved();
  }

  @Override
  public boolean seekForPrev(byte[] key) {
    requireOpen();
    iterator.seekForPrev(key);
    return moved();
  }

  @Override
  public boolean seekToFirst() {
    requireOpen();
    iterator.seekToFirst();
    return moved();
  }

  @Override
  public boolean seekToLast() {
    requireOpen();
    iterator.seekToLast();
    return moved();
  }

  @Override
  public boolean next() {
    requireValid();
    iterator.next();
    return moved();
  }

  @Override
  public boolean prev() {
    requireValid();
    iterator.prev();
    return moved();
  }

  @Override
  public boolean valid() {
    return valid;
  }

  @Override
  public byte[] key() {
    requireValid();
    return iterator.key();
  }

  @Override
  public byte[] value() {
    requireValid();
    return iterator.value();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      valid = false;
      handles.close();
      lifetime.exit();
    }
  }

  private boolean moved() {
    valid = iterator.isValid();
    if (!valid) {
      try {
        iterator.status();
      } catch (RocksDBException e) {
        throw faults.ofRead("iteration", e);
      }
    }
    return valid;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("iterator is closed");
    }
  }

  private void requireValid() {
    requireOpen();
    if (!valid) {
      throw new IllegalStateException("iterator is not at an entry");
    }
  }
}
