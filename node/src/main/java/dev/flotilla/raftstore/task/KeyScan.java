package dev.flotilla.raftstore.task;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Engine;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.KeyRange;
import dev.flotilla.engine.Keys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the users' keys of a range in order, each once, whichever families it is in. */
final class KeyScan implements AutoCloseable {
  private final List<Family> families = new ArrayList<>();
  private byte[] key = {};
  private long bytes;

  /** One family and the key that it is at; null past its last. */
  private static final class Family {
    final EngineIterator entries;
    byte @Nullable [] key;

    Family(EngineIterator entries) {
      this.entries = entries;
    }

    void at(boolean found) {
      key = found ? entries.key() : null;
    }
  }

  KeyScan(Engine kv, KeyRange range) {
    for (Cf cf : Cf.values()) {
      if (cf.isUserData()) {
        families.add(new Family(kv.iterator(cf, range)));
      }
    }
    families.forEach(family -> family.at(family.entries.seekToFirst()));
  }

  /** Moves to the first key, then to the next; false when there is none. */
  boolean next() {
    byte[] least = null;
    for (Family family : families) {
      byte[] candidate = family.key;
      if (candidate != null && (least == null || Keys.ORDER.compare(candidate, least) < 0)) {
        least = candidate;
      }
    }
    if (least == null) {
      return false;
    }
    key = least;
    bytes = 0;
    for (Family family : families) {
      if (Arrays.equals(family.key, least)) {
        bytes += least.length + family.entries.value().length;
        family.at(family.entries.next());
      }
    }
    return true;
  }

  /** The key in the engine. Nobody changes it. */
  byte[] key() {
    return key;
  }

  /** Of the key and its values, with the key once for each family. */
  long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    families.forEach(family -> family.entries.close());
  }
}
