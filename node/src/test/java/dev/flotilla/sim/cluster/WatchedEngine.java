package dev.flotilla.sim.cluster;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Engine;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.EngineReader;
import dev.flotilla.engine.EngineSnapshot;
import dev.flotilla.engine.KeyRange;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.engine.sim.SimEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** An engine whose writes are shown to a watcher, who may let the machine die or the disk fail. */
final class WatchedEngine implements Engine {
  /** Told of each write; what it throws comes out of the write. */
  interface Watcher {
    void beforeWrite(WatchedEngine engine, List<StateWrite> states, boolean sync);

    void afterWrite(WatchedEngine engine, List<StateWrite> states, boolean sync);

    /** Files of a range are about to be dropped. */
    default void beforeDrop(WatchedEngine engine, KeyRange range) {}

    /** A part of the content is about to be copied to a file. */
    default void beforeExport(WatchedEngine engine) {}

    /** Files are about to be taken in. */
    default void beforeIngest(WatchedEngine engine) {}
  }

  /**
   * A write of a region's state, which is all that lies below the data and beside the log.
   *
   * @param key engine key
   * @param value null for a deletion
   */
  @SuppressWarnings("ArrayRecordComponent")
  record StateWrite(byte[] key, byte @Nullable [] value) {
    private static final int STATE_KEY_BYTES = 11;

    static boolean isState(byte[] key) {
      return key.length == STATE_KEY_BYTES && key[0] == 1;
    }
  }

  private final class Batch implements WriteBatch {
    private final WriteBatch inner = engine.newBatch();
    private final List<StateWrite> states = new ArrayList<>();
    private final Deque<Integer> savePoints = new ArrayDeque<>();

    @Override
    public void put(Cf cf, byte[] key, byte[] value) {
      inner.put(cf, key, value);
      if (StateWrite.isState(key)) {
        states.add(new StateWrite(key, value));
      }
    }

    @Override
    public void delete(Cf cf, byte[] key) {
      inner.delete(cf, key);
      if (StateWrite.isState(key)) {
        states.add(new StateWrite(key, null));
      }
    }

    @Override
    public void deleteRange(Cf cf, byte[] start, byte[] end) {
      inner.deleteRange(cf, start, end);
    }

    @Override
    public void setSavePoint() {
      inner.setSavePoint();
      savePoints.push(states.size());
    }

    @Override
    public void rollbackToSavePoint() {
      inner.rollbackToSavePoint();
      states.subList(savePoints.pop(), states.size()).clear();
    }

    @Override
    public void popSavePoint() {
      inner.popSavePoint();
      savePoints.pop();
    }

    @Override
    public void clear() {
      inner.clear();
      states.clear();
      savePoints.clear();
    }

    @Override
    public boolean isEmpty() {
      return inner.isEmpty();
    }

    @Override
    public int count() {
      return inner.count();
    }

    @Override
    public long bytes() {
      return inner.bytes();
    }

    @Override
    public void close() {
      inner.close();
    }
  }

  private final SimEngine engine;
  private final Watcher watcher;
  private boolean full;

  WatchedEngine(SimEngine engine, Watcher watcher) {
    this.engine = engine;
    this.watcher = watcher;
  }

  /** No write succeeds while the disk is full. */
  void setFull(boolean full) {
    this.full = full;
  }

  private void requireSpace() {
    if (full) {
      throw new EngineException("simulated full disk");
    }
  }

  @Override
  public void write(WriteBatch batch, boolean sync) {
    if (!(batch instanceof Batch mine)) {
      throw new IllegalArgumentException("batch of another engine");
    }
    requireSpace();
    watcher.beforeWrite(this, mine.states, sync);
    engine.write(mine.inner, sync);
    watcher.afterWrite(this, mine.states, sync);
  }

  @Override
  public void syncWal() {
    requireSpace();
    watcher.beforeWrite(this, List.of(), true);
    engine.syncWal();
    watcher.afterWrite(this, List.of(), true);
  }

  @Override
  public void deleteFilesInRange(KeyRange range) {
    watcher.beforeDrop(this, range);
    engine.deleteFilesInRange(range);
  }

  @Override
  public long export(EngineReader view, Cf cf, KeyRange range, Path file) throws IOException {
    requireSpace();
    watcher.beforeExport(this);
    return engine.export(view, cf, range, file);
  }

  @Override
  public void ingest(Map<Cf, Path> files) {
    requireSpace();
    watcher.beforeIngest(this);
    engine.ingest(files);
  }

  @Override
  public void flush() {
    syncWal();
  }

  @Override
  public WriteBatch newBatch() {
    return new Batch();
  }

  @Override
  public List<Cf> families() {
    return engine.families();
  }

  @Override
  public byte @Nullable [] get(Cf cf, byte[] key) {
    return engine.get(cf, key);
  }

  @Override
  public List<byte @Nullable []> multiGet(Cf cf, List<byte[]> keys) {
    return engine.multiGet(cf, keys);
  }

  @Override
  public EngineIterator iterator(Cf cf, KeyRange range) {
    return engine.iterator(cf, range);
  }

  @Override
  public EngineSnapshot snapshot() {
    return engine.snapshot();
  }

  @Override
  public long approximateBytes(KeyRange range) {
    return engine.approximateBytes(range);
  }

  @Override
  public void compact(Cf cf, KeyRange range) {
    engine.compact(cf, range);
  }

  @Override
  public boolean isEmpty() {
    return engine.isEmpty();
  }

  @Override
  public OptionalLong property(String name) {
    return engine.property(name);
  }

  @Override
  public void close() {
    engine.close();
  }
}
