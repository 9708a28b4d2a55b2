package dev.flotilla.engine.rocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Engine;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.EngineOpenException;
import dev.flotilla.engine.EngineOpenException.Reason;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.KeyRange;
import dev.flotilla.engine.WriteBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes on disk that are not those that were written are found and never served. */
class RocksDamageTest {
  private static final int KEYS = 1000;

  @TempDir Path folder;

  private Engines open() {
    return RocksEngines.open(folder, RocksSettings.defaults(), fault -> {});
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
  }

  /** One batch a key, so that the log has a record for each. */
  private static void fill(Engine engine) {
    try (WriteBatch batch = engine.newBatch()) {
      for (int i = 0; i < KEYS; i++) {
        batch.clear();
        batch.put(Cf.DEFAULT, key(i), new byte[50]);
        engine.write(batch, false);
      }
    }
    engine.syncWal();
  }

  private static Engine side(Engines engines, String side) {
    return side.equals("kv") ? engines.kv() : engines.raft();
  }

  private Path largest(String side, String suffix) throws IOException {
    try (var files = Files.list(folder.resolve(side))) {
      return files
          .filter(path -> path.toString().endsWith(suffix))
          .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
          .orElseThrow();
    }
  }

  private static void flipBit(Path file, double where) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) (bytes.length * where)] ^= 1;
    Files.write(file, bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"kv", "raft"})
  void refusesALogDamagedInTheMiddle(String side) throws IOException {
    try (Engines engines = open()) {
      fill(side(engines, side));
    }
    flipBit(largest(side, ".log"), 0.5);
    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            EngineOpenException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.CORRUPT);
              assertThat(e).hasMessageContaining(folder.resolve(side) + " is damaged");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"kv", "raft"})
  void forgivesATornTail(String side) throws IOException {
    try (Engines engines = open()) {
      fill(side(engines, side));
    }
    Path log = largest(side, ".log");
    byte[] bytes = Files.readAllBytes(log);
    Files.write(log, Arrays.copyOf(bytes, bytes.length - 37));
    try (Engines engines = open()) {
      Engine engine = side(engines, side);
      assertThat(engine.get(Cf.DEFAULT, key(KEYS - 2))).isNotNull();
      assertThat(engine.get(Cf.DEFAULT, key(KEYS - 1))).isNull();
    }
  }

  @Test
  void noReadTakesADamagedFileForAMissingKey() throws IOException {
    try (Engines engines = open()) {
      fill(engines.kv());
      engines.kv().flush();
    }
    // Near the beginning, where the block of the first keys is.
    flipBit(largest("kv", ".sst"), 0.005);
    try (Engines engines = open()) {
      Engine kv = engines.kv();
      assertThatThrownBy(() -> kv.get(Cf.DEFAULT, key(1))).isInstanceOf(EngineException.class);
      assertThatThrownBy(() -> kv.multiGet(Cf.DEFAULT, List.of(key(1), key(2))))
          .isInstanceOf(EngineException.class);
      try (EngineIterator iterator = kv.iterator(Cf.DEFAULT, KeyRange.ALL)) {
        assertThatThrownBy(iterator::seekToFirst)
            .isInstanceOf(EngineException.class)
            .hasMessageContaining("iteration failed");
        assertThat(iterator.valid()).isFalse();
      }
      assertThatThrownBy(kv::isEmpty).isInstanceOf(EngineException.class);
    }
  }
}
