package dev.flotilla.kv;

import static dev.flotilla.raftstore.RaftCommands.text;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.ValueCodec;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.engine.sim.SimEngine;

/** Puts pairs where reads find them. */
final class StoredPairs {
  private StoredPairs() {}

  static void put(SimEngine engine, String key, String value, long expiryMillis) {
    try (WriteBatch batch = engine.newBatch()) {
      batch.put(
          Cf.DEFAULT,
          Keys.dataKey(text(key).toByteArray()),
          ValueCodec.encode(text(value).toByteArray(), expiryMillis));
      engine.write(batch, false);
    }
  }
}
