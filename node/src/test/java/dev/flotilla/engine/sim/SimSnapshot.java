package dev.flotilla.engine.sim;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.EngineSnapshot;
import dev.flotilla.engine.KeyRange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A state that was kept. */
final class SimSnapshot implements EngineSnapshot {
  private final SimState state;
  private final SimDamage damage;
  private boolean closed;

  SimSnapshot(SimState state, SimDamage damage) {
    this.state = state;
    this.damage = damage;
  }

  @Override
  public byte @Nullable [] get(Cf cf, byte[] key) {
    byte[] value = open().map(cf).get(key);
    if (damage.hits(cf, key)) {
      throw new EngineException("simulated block that cannot be read");
    }
    return value == null ? null : value.clone();
  }

  @Override
  public List<byte @Nullable []> multiGet(Cf cf, List<byte[]> keys) {
    List<byte @Nullable []> values = new ArrayList<>();
    for (byte[] key : keys) {
      values.add(get(cf, key));
    }
    return values;
  }

  @Override
  public EngineIterator iterator(Cf cf, KeyRange range) {
    return new SimCursor(open().map(cf), range, cf, damage);
  }

  @Override
  public void close() {
    closed = true;
  }

  private SimState open() {
    if (closed) {
      throw new IllegalStateException("snapshot is closed");
    }
    return state;
  }
}
