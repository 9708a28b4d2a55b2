package dev.flotilla.engine.rocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Engine;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.EngineReader;
import dev.flotilla.engine.EngineSnapshot;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.KeyRange;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.engine.sim.SimEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The database and the simulated engine do the same, whatever is asked of them. */
class RocksDifferentialTest {
  private static final List<Cf> CFS = List.of(Cf.values());
  private static final int STEPS = 1500;
  private static final int SNAPSHOTS_MAX = 4;
  private static final int WRITE_BUFFER_BYTES = 256 << 10;
  private static final int VALUE_BYTES_MAX = 8 << 10;

  @TempDir Path folder;

  private record Snapshots(EngineSnapshot rocks, EngineSnapshot sim) {
    void close() {
      rocks.close();
      sim.close();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void agreesWithTheSimulation(long seed) {
    Random random = new Random(seed);
    SimEngine sim = SimEngine.kv();
    List<Snapshots> snapshots = new ArrayList<>();
    Engines engines = open();
    try {
      for (int step = 0; step < STEPS; step++) {
        Engine rocks = engines.kv();
        String trace = "seed " + seed + " step " + step;
        int choice = random.nextInt(100);
        if (choice < 55) {
          writeBoth(random, rocks, sim);
        } else if (choice < 62 && snapshots.size() < SNAPSHOTS_MAX) {
          snapshots.add(new Snapshots(rocks.snapshot(), sim.snapshot()));
        } else if (choice < 66 && !snapshots.isEmpty()) {
          snapshots.remove(random.nextInt(snapshots.size())).close();
        } else if (choice < 76) {
          walkBoth(random, rocks, sim, trace);
        } else if (choice < 90 && !snapshots.isEmpty()) {
          Snapshots pair = snapshots.get(random.nextInt(snapshots.size()));
          walkBoth(random, pair.rocks(), pair.sim(), trace);
          getBoth(random, pair.rocks(), pair.sim(), trace);
        } else if (choice < 95) {
          getBoth(random, rocks, sim, trace);
        } else if (choice < 97) {
          rocks.flush();
        } else if (choice < 98) {
          rocks.compact(Cf.DEFAULT, randomRange(random));
        } else if (choice < 99) {
          snapshots.forEach(Snapshots::close);
          snapshots.clear();
          engines.close();
          engines = open();
        }
        assertThat(engines.kv().isEmpty()).as(trace).isEqualTo(sim.isEmpty());
      }
    } finally {
      snapshots.forEach(Snapshots::close);
      engines.close();
    }
  }

  /** With write buffers so small that they fill, in several parts, and are written. */
  private Engines open() {
    RocksSettings shipped = RocksSettings.defaults();
    RocksSettings small =
        new RocksSettings(
            shipped.blockCacheBytes(),
            WRITE_BUFFER_BYTES,
            shipped.writeBuffersMax(),
            shipped.writeBuffersTotalBytesMax(),
            shipped.walBytesMax(),
            shipped.backgroundJobsMax(),
            shipped.openFilesMax(),
            shipped.blockBytes(),
            shipped.bloomBitsPerKey());
    return RocksEngines.open(folder, small, fault -> fail("fault", fault));
  }

  private static void writeBoth(Random random, Engine rocks, SimEngine sim) {
    boolean sync = random.nextInt(20) == 0;
    try (WriteBatch rocksBatch = rocks.newBatch();
        WriteBatch simBatch = sim.newBatch()) {
      int savePoints = 0;
      for (int i = random.nextInt(12); i > 0; i--) {
        List<WriteBatch> both = List.of(rocksBatch, simBatch);
        Cf cf = randomCf(random);
        byte[] key = randomKey(random);
        byte[] other = randomKey(random);
        int choice = random.nextInt(20);
        if (choice < 10) {
          byte[] value = random.nextInt(4) == 0 ? largeValue(random) : other;
          both.forEach(batch -> batch.put(cf, key, value));
        } else if (choice < 13) {
          both.forEach(batch -> batch.delete(cf, key));
        } else if (choice < 15 && other.length > 0) {
          both.forEach(batch -> batch.deleteRange(cf, key, other));
        } else if (choice < 17) {
          both.forEach(WriteBatch::setSavePoint);
          savePoints++;
        } else if (choice < 18 && savePoints > 0) {
          both.forEach(WriteBatch::rollbackToSavePoint);
          savePoints--;
        } else if (choice < 19 && savePoints > 0) {
          both.forEach(WriteBatch::popSavePoint);
          savePoints--;
        } else if (choice == 19 && random.nextInt(4) == 0) {
          both.forEach(WriteBatch::clear);
          savePoints = 0;
        }
        assertThat(rocksBatch.count()).isEqualTo(simBatch.count());
        assertThat(rocksBatch.isEmpty()).isEqualTo(simBatch.isEmpty());
      }
      rocks.write(rocksBatch, sync);
      sim.write(simBatch, sync);
    }
  }

  private static void getBoth(Random random, EngineReader rocks, EngineReader sim, String trace) {
    Cf cf = randomCf(random);
    byte[] key = randomKey(random);
    assertThat(rocks.get(cf, key)).as(trace).isEqualTo(sim.get(cf, key));
    List<byte[]> keys = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      keys.add(randomKey(random));
    }
    assertThat(rocks.multiGet(cf, keys).toArray())
        .as(trace)
        .containsExactly(sim.multiGet(cf, keys).toArray());
  }

  private static void walkBoth(Random random, EngineReader rocks, EngineReader sim, String trace) {
    Cf cf = randomCf(random);
    KeyRange range = randomRange(random);
    try (EngineIterator a = rocks.iterator(cf, range);
        EngineIterator b = sim.iterator(cf, range)) {
      StringBuilder path = new StringBuilder(trace).append(' ').append(range);
      for (int i = 0; i < 30; i++) {
        byte[] key = randomKey(random);
        int choice = random.nextInt(10);
        if (choice >= 4 && !a.valid()) {
          continue;
        }
        path.append(' ').append(choice).append(':').append(HexFormat.of().formatHex(key));
        assertThat(move(a, choice, key)).as("%s", path).isEqualTo(move(b, choice, key));
        assertThat(a.valid()).isEqualTo(b.valid());
        if (a.valid()) {
          assertThat(a.key()).as("%s", path).isEqualTo(b.key());
          assertThat(a.value()).as("%s", path).isEqualTo(b.value());
        }
      }
    }
  }

  private static boolean move(EngineIterator iterator, int choice, byte[] key) {
    return switch (choice) {
      case 0 -> iterator.seek(key);
      case 1 -> iterator.seekForPrev(key);
      case 2 -> iterator.seekToFirst();
      case 3 -> iterator.seekToLast();
      case 4, 5, 6 -> iterator.next();
      default -> iterator.prev();
    };
  }

  private static Cf randomCf(Random random) {
    return random.nextInt(3) == 0 ? CFS.get(random.nextInt(CFS.size())) : Cf.DEFAULT;
  }

  /** Few and short, with bytes of both signs, so that keys meet and prefixes matter. */
  private static byte[] randomKey(Random random) {
    byte[] key = new byte[random.nextInt(4)];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (random.nextInt(6) - 3);
    }
    return key;
  }

  private static byte[] largeValue(Random random) {
    byte[] value = new byte[random.nextInt(VALUE_BYTES_MAX)];
    random.nextBytes(value);
    return value;
  }

  private static KeyRange randomRange(Random random) {
    return random.nextInt(4) == 0
        ? KeyRange.ALL
        : new KeyRange(randomKey(random), randomKey(random));
  }
}
