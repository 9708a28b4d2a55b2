package dev.flotilla.raftstore.task;

import com.google.protobuf.ByteString;
import dev.flotilla.config.RegionConfig;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.SplitCheckCalls;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.engine.Engine;
import dev.flotilla.engine.KeyRange;
import dev.flotilla.engine.Keys;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.Regions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Measures regions and chooses the keys at which they are cut. Used by one thread at a time; blocks
 * on the engine.
 */
public final class SplitCheckRunner {
  private final Engine kv;
  private final RegionConfig config;
  private final CoprocessorHost coprocessors;
  private final RaftStoreRouter router;

  /**
   * @param coprocessors whose observers may have users' regions cut
   * @param router told of sizes and of the wish to split
   */
  public SplitCheckRunner(
      Engine kv, RegionConfig config, CoprocessorHost coprocessors, RaftStoreRouter router) {
    this.kv = kv;
    this.config = config;
    this.coprocessors = coprocessors;
    this.router = router;
  }

  /** Runs {@code tasks} in order. */
  public void run(List<SplitCheckTask> tasks) {
    tasks.forEach(this::check);
  }

  private void check(SplitCheckTask task) {
    Region region = task.region();
    KeyRange range =
        Keys.dataRange(region.getStartKey().toByteArray(), region.getEndKey().toByteArray());
    long bytes = kv.approximateBytes(range);
    router.send(new Msg.RegionSize(region.getId(), region.getRegionEpoch().getVersion(), bytes));
    SizeRule size = bytes < config.bytesMax() ? null : new SizeRule(config);
    try (SplitCheckCalls calls =
        Regions.isSystem(region) ? null : coprocessors.splitCheck(region, task.term())) {
      if (size == null && calls == null) {
        return;
      }
      List<ByteString> keys = splitKeys(range, size, calls);
      if (!keys.isEmpty()) {
        router.send(
            new Msg.SplitRegion(region.getId(), region.getRegionEpoch(), keys, false, null));
      }
    }
  }

  /**
   * Reads as much of the region as either needs; the keys of plugins go before that of its size.
   */
  private List<ByteString> splitKeys(
      KeyRange range, @Nullable SizeRule size, @Nullable SplitCheckCalls calls) {
    boolean isMeasured = size != null;
    boolean isWatched = calls != null;
    try (KeyScan keys = new KeyScan(kv, range)) {
      while ((isMeasured || isWatched) && keys.next()) {
        if (size != null && isMeasured) {
          isMeasured = size.onKey(keys.key(), keys.bytes());
        }
        if (calls != null && isWatched) {
          isWatched = calls.onKey(userKey(keys.key()), keys.bytes());
        }
      }
    }
    List<ByteString> named = calls == null ? List.of() : calls.splitKeys();
    return named.isEmpty() && size != null ? size.splitKeys() : named;
  }

  private static Bytes userKey(byte[] key) {
    return Bytes.wrap(key).slice(1, key.length);
  }
}
