package dev.flotilla.raftstore.task;

import com.google.protobuf.ByteString;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.EngineSnapshot;
import dev.flotilla.engine.Keys;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.RaftStoreRouter;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Hashes regions: all entries of all families, as they lie on disk, and the region's own state.
 * Used by one thread at a time; blocks on the engine.
 */
public final class HashRunner {
  private final RaftStoreRouter router;

  /**
   * @param router told of each hash
   */
  public HashRunner(RaftStoreRouter router) {
    this.router = router;
  }

  /** Runs {@code tasks} in order. */
  public void run(List<HashTask> tasks) {
    for (HashTask task : tasks) {
      try (EngineSnapshot snapshot = task.snapshot()) {
        router.send(
            new Msg.HashComputed(
                task.region().getId(), task.index(), hash(task.region(), snapshot)));
      }
    }
  }

  private static ByteString hash(Region region, EngineSnapshot snapshot) {
    CRC32 crc = new CRC32();
    for (Cf cf : Cf.values()) {
      if (!cf.isUserData()) {
        continue;
      }
      try (EngineIterator entries =
          snapshot.iterator(
              cf,
              Keys.dataRange(
                  region.getStartKey().toByteArray(), region.getEndKey().toByteArray()))) {
        for (boolean more = entries.seekToFirst(); more; more = entries.next()) {
          crc.update(entries.key());
          crc.update(entries.value());
        }
      }
    }
    crc.update(region.toByteArray());
    return ByteString.copyFrom(
        ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array());
  }
}
