package dev.flotilla.raftstore.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.config.RegionConfig;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Msg;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SplitCheckRunnerTest {
  private static final int BYTES_MAX = 4096;
  private static final int SPLIT_BYTES = 2048;
  private static final RegionConfig CONFIG =
      new RegionConfig(
          BYTES_MAX,
          SPLIT_BYTES,
          1,
          Duration.ofSeconds(10),
          true,
          Duration.ZERO,
          1,
          Duration.ZERO,
          Duration.ofMinutes(5),
          Duration.ofHours(2));

  private final SimEngine kv = SimEngine.kv();

  private void put(Cf cf, String key, int valueBytes) {
    try (WriteBatch batch = kv.newBatch()) {
      batch.put(cf, Keys.dataKey(key.getBytes(StandardCharsets.UTF_8)), new byte[valueBytes]);
      kv.write(batch, false);
    }
  }

  /** Where the region that begins at {@code start} is to be cut. */
  private List<String> cuts(String start) {
    List<String> cuts = new ArrayList<>();
    SplitCheckRunner runner =
        new SplitCheckRunner(
            kv,
            CONFIG,
            msg -> {
              if (msg instanceof Msg.SplitRegion split) {
                split.splitKeys().forEach(key -> cuts.add(key.toStringUtf8()));
              }
              return true;
            });
    runner.run(
        List.of(
            new SplitCheckTask(
                Region.newBuilder().setId(2).setStartKey(ByteString.copyFromUtf8(start)).build())));
    return cuts;
  }

  @Test
  void cutsWhereAPartIsFull() {
    for (int i = 0; i < 9; i++) {
      put(Cf.DEFAULT, "k" + i, 500);
    }
    assertThat(cuts("")).containsExactly("k4");
  }

  @Test
  void leavesASmallRegionAlone() {
    put(Cf.DEFAULT, "k", BYTES_MAX / 2);
    assertThat(cuts("")).isEmpty();
  }

  /** A region cannot be cut where it begins, and one without data is of no use. */
  @Test
  void cutsBehindAFirstValueThatFillsAPart() {
    put(Cf.DEFAULT, "k1", SPLIT_BYTES);
    put(Cf.LOCK, "k1", 1);
    put(Cf.DEFAULT, "k2", SPLIT_BYTES);
    assertThat(cuts("k1")).containsExactly("k2");
    assertThat(cuts("")).containsExactly("k2");
  }

  @Test
  void cutsBehindAFirstValueThatIsLargerThanARegion() {
    put(Cf.DEFAULT, "k1", BYTES_MAX);
    assertThat(cuts("k1")).isEmpty();
    put(Cf.DEFAULT, "k2", 1);
    assertThat(cuts("k1")).containsExactly("k2");
  }
}
