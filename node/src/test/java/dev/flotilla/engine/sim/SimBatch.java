package dev.flotilla.engine.sim;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.WriteBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.UnaryOperator;

/** A list of operations. */
final class SimBatch implements WriteBatch {
  /** Length of the header of a batch in the log. */
  private static final int HEADER_BYTES = 12;

  private record Op(SimState.Step step, int bytes) {}

  private final SimEngine engine;
  private final ArrayList<Op> ops = new ArrayList<>();
  private final Deque<Integer> savePoints = new ArrayDeque<>();
  private boolean closed;

  SimBatch(SimEngine engine) {
    this.engine = engine;
  }

  @Override
  public void put(Cf cf, byte[] key, byte[] value) {
    byte[] keyCopy = key.clone();
    byte[] valueCopy = value.clone();
    add(cf, map -> map.put(keyCopy, valueCopy), key.length + value.length);
  }

  @Override
  public void delete(Cf cf, byte[] key) {
    byte[] keyCopy = key.clone();
    add(cf, map -> map.remove(keyCopy), key.length);
  }

  @Override
  public void deleteRange(Cf cf, byte[] start, byte[] end) {
    if (end.length == 0) {
      throw new IllegalArgumentException("a range to delete needs an end");
    }
    if (Arrays.compareUnsigned(start, end) < 0) {
      byte[] startCopy = start.clone();
      byte[] endCopy = end.clone();
      add(cf, map -> map.removeRange(startCopy, endCopy), start.length + end.length);
    }
  }

  @Override
  public void setSavePoint() {
    requireOpen();
    savePoints.push(ops.size());
  }

  @Override
  public void rollbackToSavePoint() {
    requireSavePoint();
    ops.subList(savePoints.pop(), ops.size()).clear();
  }

  @Override
  public void popSavePoint() {
    requireSavePoint();
    savePoints.pop();
  }

  @Override
  public void clear() {
    requireOpen();
    ops.clear();
    savePoints.clear();
  }

  @Override
  public int count() {
    requireOpen();
    return ops.size();
  }

  @Override
  public long bytes() {
    requireOpen();
    long bytes = HEADER_BYTES;
    for (Op op : ops) {
      bytes += op.bytes();
    }
    return bytes;
  }

  @Override
  public void close() {
    closed = true;
  }

  /** The operations so far, in order. */
  List<SimState.Step> steps(SimEngine target) {
    requireOpen();
    if (target != engine) {
      throw new IllegalArgumentException("batch of another engine");
    }
    List<SimState.Step> steps = new ArrayList<>(ops.size());
    for (Op op : ops) {
      steps.add(op.step());
    }
    return steps;
  }

  private void add(Cf cf, UnaryOperator<PersistentMap> change, int bytes) {
    requireOpen();
    engine.requireFamily(cf);
    // Kind, lengths of key and value.
    ops.add(new Op(new SimState.Step(cf, change), bytes + 3));
  }

  private void requireSavePoint() {
    requireOpen();
    if (savePoints.isEmpty()) {
      throw new IllegalStateException("batch has no save point");
    }
  }

  private void requireOpen() {
    engine.requireOpen();
    if (closed) {
      throw new IllegalStateException("batch is closed");
    }
  }
}
