package dev.flotilla.engine.rocks;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.WriteBatch;
import java.util.Arrays;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;

/** A batch in RocksDB's own form, ready for its log. */
final class RocksBatch implements WriteBatch {
  private final Database database;
  private final org.rocksdb.WriteBatch batch = new org.rocksdb.WriteBatch();
  private int savePoints;

  RocksBatch(Database database) {
    this.database = database;
  }

  @FunctionalInterface
  private interface Change {
    void applyTo(org.rocksdb.WriteBatch batch, ColumnFamilyHandle family) throws RocksDBException;
  }

  @Override
  public void put(Cf cf, byte[] key, byte[] value) {
    change(cf, (target, family) -> target.put(family, key, value));
  }

  @Override
  public void delete(Cf cf, byte[] key) {
    change(cf, (target, family) -> target.delete(family, key));
  }

  @Override
  public void deleteRange(Cf cf, byte[] start, byte[] end) {
    if (end.length == 0) {
      throw new IllegalArgumentException("a range to delete needs an end");
    }
    if (Arrays.compareUnsigned(start, end) < 0) {
      change(cf, (target, family) -> target.deleteRange(family, start, end));
    }
  }

  /** A batch does not keep its database open, so the family's handle is used only inside. */
  private void change(Cf cf, Change change) {
    requireOpen();
    ColumnFamilyHandle family = database.handle(cf);
    database.lifetime().enter();
    try {
      change.applyTo(batch, family);
    } catch (RocksDBException e) {
      throw database.faults().ofWrite("filling a batch", e);
    } finally {
      database.lifetime().exit();
    }
  }

  @Override
  public void setSavePoint() {
    requireOpen();
    batch.setSavePoint();
    savePoints++;
  }

  @Override
  public void rollbackToSavePoint() {
    requireSavePoint();
    try {
      batch.rollbackToSavePoint();
      savePoints--;
    } catch (RocksDBException e) {
      throw database.faults().ofWrite("rollback of a batch", e);
    }
  }

  @Override
  public void popSavePoint() {
    requireSavePoint();
    try {
      batch.popSavePoint();
      savePoints--;
    } catch (RocksDBException e) {
      throw database.faults().ofWrite("keeping a part of a batch", e);
    }
  }

  @Override
  public void clear() {
    requireOpen();
    batch.clear();
    savePoints = 0;
  }

  @Override
  public int count() {
    requireOpen();
    return batch.count();
  }

  @Override
  public long bytes() {
    requireOpen();
    return batch.getDataSize();
  }

  @Override
  public void close() {
    batch.close();
  }

  /** The native batch, for a write to {@code target}. */
  org.rocksdb.WriteBatch unwrap(Database target) {
    requireOpen();
    if (target != database) {
      throw new IllegalArgumentException("batch of " + database.name());
    }
    return batch;
  }

  private void requireSavePoint() {
    requireOpen();
    if (savePoints == 0) {
      throw new IllegalStateException("batch has no save point");
    }
  }

  private void requireOpen() {
    if (!batch.isOwningHandle()) {
      throw new IllegalStateException("batch is closed");
    }
  }
}
