package dev.flotilla.engine.sim;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Engine;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.EngineReader;
import dev.flotilla.engine.EngineSnapshot;
import dev.flotilla.engine.FaultListener;
import dev.flotilla.engine.KeyRange;
import dev.flotilla.engine.WriteBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Engine} in memory that can lose what was not synced. Not thread-safe.
 *
 * <p>Model: {@code files} is what is durable, {@code log} the unsynced batches after it in order,
 * {@code state} both together. A crash leaves the files and some number of whole batches from the
 * beginning of the log. A write that failed is not visible, yet may be in the log: an fsync that
 * reports an error may still have written.
 */
public final class SimEngine implements Engine {
  private final List<Cf> families;
  private final FaultListener listener;
  private final SimDamage damage;
  private final List<List<SimState.Step>> log = new ArrayList<>();
  private SimState files;
  private SimState state;
  private boolean closed;
  private long syncs;

  /** Writes until one fails; negative when none will. */
  private long writesBeforeFault = -1;

  private @Nullable EngineException fault;

  private SimEngine(List<Cf> families, FaultListener listener, SimState content, SimDamage damage) {
    this.damage = damage;
    this.families = List.copyOf(families);
    this.listener = listener;
    files = content;
    state = content;
  }

  /** An empty engine with the families given. */
  public static SimEngine create(List<Cf> families, FaultListener listener) {
    return new SimEngine(families, listener, SimState.empty(families), new SimDamage());
  }

  /** An empty engine with all families, for the {@code kv} side of a store. */
  public static SimEngine kv() {
    return create(List.of(Cf.values()), fault -> {});
  }

  /** An empty engine with family default, for the {@code raft} side of a store. */
  public static SimEngine raft() {
    return create(List.of(Cf.DEFAULT), fault -> {});
  }

  /** Loses power: the engine that starts afterwards has only what was synced. */
  public SimEngine crash() {
    return crashKeeping(0);
  }

  /** Loses power: what was synced is kept, and a number of unsynced batches that the seed draws. */
  public SimEngine crash(long seed) {
    return crashKeeping(new Random(seed).nextInt(log.size() + 1));
  }

  /**
   * Ends this engine and returns the one that starts afterwards.
   *
   * @param batches unsynced batches that survive, from the oldest; {@link #unsynced()} of them when
   *     only the process dies and the machine lives
   */
  public SimEngine crashKeeping(int batches) {
    SimState content = files;
    for (List<SimState.Step> batch : log.subList(0, batches)) {
      content = content.apply(batch);
    }
    close();
    return new SimEngine(families, listener, content, damage);
  }

  /** Number of batches that a crash may lose. */
  public int unsynced() {
    return log.size();
  }

  /** Number of times something was made durable. */
  public long syncs() {
    return syncs;
  }

  /** Lets the n-th write or sync from now fail, 1 being the next, and all after it. */
  public void failWrite(long n) {
    if (n < 1) {
      throw new IllegalArgumentException("write " + n + " cannot fail");
    }
    writesBeforeFault = n - 1;
  }

  /** The content as it is below any damage, for who looks on from outside. */
  public EngineSnapshot intact() {
    requireOpen();
    return new SimSnapshot(state, new SimDamage());
  }

  /** Changes the last byte of a value where it lies, as nobody meant to. */
  public void rot(byte[] key) {
    UnaryOperator<PersistentMap> change =
        map -> {
          byte[] value = map.get(key);
          if (value == null) {
            return map;
          }
          byte[] rotten = value.clone();
          rotten[rotten.length - 1] ^= 1;
          return map.put(key, rotten);
        };
    List<SimState.Step> steps = List.of(new SimState.Step(Cf.DEFAULT, change));
    files = files.apply(steps);
    state = state.apply(steps);
  }

  /** Lets the block that holds {@code key} be unreadable from now on; null ends it. */
  public void damage(byte @Nullable [] key) {
    damage.set(key);
  }

  @Override
  public List<Cf> families() {
    return families;
  }

  @Override
  public byte @Nullable [] get(Cf cf, byte[] key) {
    return now().get(cf, key);
  }

  @Override
  public List<byte @Nullable []> multiGet(Cf cf, List<byte[]> keys) {
    return now().multiGet(cf, keys);
  }

  @Override
  public EngineIterator iterator(Cf cf, KeyRange range) {
    return now().iterator(cf, range);
  }

  @Override
  public EngineSnapshot snapshot() {
    return now();
  }

  @Override
  public WriteBatch newBatch() {
    return new SimBatch(this);
  }

  @Override
  public void write(WriteBatch batch, boolean sync) {
    requireOpen();
    if (!(batch instanceof SimBatch simBatch)) {
      throw new IllegalArgumentException("batch of another engine");
    }
    List<SimState.Step> steps = simBatch.steps(this);
    if (steps.isEmpty()) {
      if (sync) {
        syncWal();
      }
      return;
    }
    checkWritable(steps);
    log.add(steps);
    state = state.apply(steps);
    if (sync) {
      makeDurable();
    }
  }

  @Override
  public void syncWal() {
    requireOpen();
    checkWritable(List.of());
    makeDurable();
  }

  /** Drops from the files only: what is unsynced is in no file yet. */
  @Override
  public void deleteFilesInRange(KeyRange range) {
    requireOpen();
    checkWritable(List.of());
    files = files.without(range);
    state = files;
    for (List<SimState.Step> batch : log) {
      state = state.apply(batch);
    }
  }

  @Override
  public long export(EngineReader view, Cf cf, KeyRange range, Path file) {
    requireOpen();
    return SimSst.write(view, cf, range, file);
  }

  /** Goes past the log: the content is durable, and lies above all that is unsynced. */
  @Override
  public void ingest(Map<Cf, Path> content) {
    requireOpen();
    checkWritable(List.of());
    try (SimBatch batch = new SimBatch(this)) {
      content.forEach((cf, file) -> SimSst.read(file, (key, value) -> batch.put(cf, key, value)));
      List<SimState.Step> steps = batch.steps(this);
      log.add(steps);
      state = state.apply(steps);
    }
    makeDurable();
  }

  @Override
  public long approximateBytes(KeyRange range) {
    requireOpen();
    return state.bytes(range);
  }

  @Override
  public void compact(Cf cf, KeyRange range) {
    requireOpen();
    requireFamily(cf);
  }

  @Override
  public void flush() {
    syncWal();
  }

  @Override
  public boolean isEmpty() {
    requireOpen();
    return state.isEmpty();
  }

  @Override
  public OptionalLong property(String name) {
    requireOpen();
    return OptionalLong.empty();
  }

  /** Content that was not synced is gone, as no engine is opened on it again. */
  @Override
  public void close() {
    closed = true;
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("engine is closed");
    }
  }

  void requireFamily(Cf cf) {
    if (!families.contains(cf)) {
      throw new IllegalArgumentException("no family " + cf.diskName());
    }
  }

  private SimSnapshot now() {
    requireOpen();
    return new SimSnapshot(state, damage);
  }

  private void makeDurable() {
    log.clear();
    files = state;
    syncs++;
  }

  private void checkWritable(List<SimState.Step> steps) {
    if (fault != null) {
      throw new EngineException("engine refuses writes since one failed", fault);
    }
    if (writesBeforeFault == 0) {
      fault = new EngineException("simulated fault of a write");
      if (!steps.isEmpty()) {
        log.add(steps);
      }
      listener.onFault(fault);
      throw fault;
    }
    if (writesBeforeFault > 0) {
      writesBeforeFault--;
    }
  }
}
