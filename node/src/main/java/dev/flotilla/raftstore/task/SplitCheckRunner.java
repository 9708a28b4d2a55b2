package dev.flotilla.raftstore.task;

import com.google.protobuf.ByteString;
import dev.flotilla.config.RegionConfig;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Engine;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.KeyRange;
import dev.flotilla.engine.Keys;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.RaftStoreRouter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Measures regions and chooses the keys at which they are cut. Used by one thread at a time; blocks
 * on the engine.
 */
public final class SplitCheckRunner {
  private final Engine kv;
  private final RegionConfig config;
  private final RaftStoreRouter router;

  /**
   * @param router told of sizes and of the wish to split
   */
  public SplitCheckRunner(Engine kv, RegionConfig config, RaftStoreRouter router) {
    this.kv = kv;
    this.config = config;
    this.router = router;
  }

  /** Runs {@code tasks} in order. */
  public void run(List<SplitCheckTask> tasks) {
    tasks.forEach(task -> check(task.region()));
  }

  private void check(Region region) {
    KeyRange range =
        Keys.dataRange(region.getStartKey().toByteArray(), region.getEndKey().toByteArray());
    long bytes = kv.approximateBytes(range);
    router.send(new Msg.RegionSize(region.getId(), bytes));
    if (bytes < config.bytesMax()) {
      return;
    }
    byte[] key = splitKey(range);
    if (key != null) {
      router.send(
          new Msg.SplitRegion(
              region.getId(),
              region.getRegionEpoch(),
              List.of(ByteString.copyFrom(Keys.originKey(key))),
              false,
              null));
    }
  }

  /**
   * First key at which the entries before it and its own are more than the size of a part; null
   * when the whole turns out to be smaller than its bound, or is one key's. Never the region's
   * first, however much it has: the part before it would be empty, or not be at all.
   */
  private byte @Nullable [] splitKey(KeyRange range) {
    byte[] first = null;
    byte[] key = null;
    long bytes = 0;
    try (Merged entries = new Merged(range)) {
      for (EngineIterator entry = entries.next(); entry != null; entry = entries.next()) {
        bytes += entry.key().length + entry.value().length;
        if (first == null) {
          first = entry.key();
        }
        if (key == null && bytes > config.splitBytes() && !Arrays.equals(first, entry.key())) {
          key = entry.key();
        }
        if (key != null && bytes >= config.bytesMax()) {
          return key;
        }
      }
    }
    return null;
  }

  /** The entries of all families in order of keys. */
  private final class Merged implements AutoCloseable {
    private final List<EngineIterator> families = new ArrayList<>();
    private @Nullable EngineIterator last;

    Merged(KeyRange range) {
      for (Cf cf : Cf.values()) {
        if (cf.isUserData()) {
          EngineIterator family = kv.iterator(cf, range);
          families.add(family);
          family.seekToFirst();
        }
      }
    }

    @Nullable EngineIterator next() {
      if (last != null) {
        last.next();
      }
      EngineIterator least = null;
      for (EngineIterator family : families) {
        if (family.valid()
            && (least == null || Arrays.compareUnsigned(family.key(), least.key()) < 0)) {
          least = family;
        }
      }
      last = least;
      return least;
    }

    @Override
    public void close() {
      families.forEach(EngineIterator::close);
    }
  }
}
