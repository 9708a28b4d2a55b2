package dev.flotilla.engine.sim;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.KeyRange;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An iterator over an immutable map. Like a real one it takes a block that it cannot read for the
 * end, which only its status tells.
 */
final class SimCursor implements EngineIterator {
  private final PersistentMap map;
  private final KeyRange range;
  private final Cf cf;
  private final SimDamage damage;
  private PersistentMap.@Nullable Node at;
  private boolean failed;
  private boolean closed;

  SimCursor(PersistentMap map, KeyRange range, Cf cf, SimDamage damage) {
    this.map = map;
    this.range = range;
    this.cf = cf;
    this.damage = damage;
  }

  @Override
  public boolean seek(byte[] key) {
    byte[] start = range.start();
    return moveTo(map.ceiling(Arrays.compareUnsigned(key, start) < 0 ? start : key));
  }

  @Override
  public boolean seekForPrev(byte[] key) {
    boolean pastEnd = range.isBounded() && Arrays.compareUnsigned(key, range.end()) >= 0;
    return pastEnd ? seekToLast() : moveTo(map.lower(PersistentMap.successor(key)));
  }

  @Override
  public boolean seekToFirst() {
    return moveTo(map.ceiling(range.start()));
  }

  @Override
  public boolean seekToLast() {
    return moveTo(range.isBounded() ? map.lower(range.end()) : map.last());
  }

  @Override
  public boolean next() {
    return moveTo(map.ceiling(PersistentMap.successor(entry().key())));
  }

  @Override
  public boolean prev() {
    return moveTo(map.lower(entry().key()));
  }

  @Override
  public boolean valid() {
    return at != null;
  }

  @Override
  public byte[] key() {
    return entry().key().clone();
  }

  @Override
  public byte[] value() {
    return entry().value().clone();
  }

  @Override
  public void close() {
    closed = true;
    at = null;
  }

  private boolean moveTo(PersistentMap.@Nullable Node node) {
    requireOpen();
    at = node != null && range.contains(node.key()) ? node : null;
    failed = at != null && damage.hits(cf, at.key());
    if (failed) {
      at = null;
    }
    checkStatus();
    return at != null;
  }

  private void checkStatus() {
    if (failed) {
      throw new EngineException("simulated block that cannot be read");
    }
  }

  private PersistentMap.Node entry() {
    requireOpen();
    if (at == null) {
      throw new IllegalStateException("iterator is not at an entry");
    }
    return at;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("iterator is closed");
    }
  }
}
