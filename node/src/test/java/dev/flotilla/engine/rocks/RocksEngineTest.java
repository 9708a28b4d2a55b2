package dev.flotilla.engine.rocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Engine;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.EngineOpenException;
import dev.flotilla.engine.EngineOpenException.Reason;
import dev.flotilla.engine.EngineSnapshot;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.KeyRange;
import dev.flotilla.engine.WriteBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksEngineTest {
  private static final byte[] KEY = {1};

  @TempDir Path folder;
  private final List<EngineException> faults = new ArrayList<>();

  private Engines open() {
    return RocksEngines.open(folder, RocksSettings.defaults(), faults::add);
  }

  private static void put(Engine engine, byte[] key, byte[] value, boolean sync) {
    try (WriteBatch batch = engine.newBatch()) {
      batch.put(Cf.DEFAULT, key, value);
      engine.write(batch, sync);
    }
  }

  @Test
  void tellsOfEachSyncOfTheRaftDatabase() {
    List<Long> syncs = new ArrayList<>();
    try (Engines engines =
        RocksEngines.open(folder, RocksSettings.defaults(), faults::add, syncs::add)) {
      put(engines.raft(), KEY, KEY, false);
      put(engines.kv(), KEY, KEY, true);
      engines.kv().syncWal();
      assertThat(syncs).isEmpty();
      put(engines.raft(), KEY, KEY, true);
      engines.raft().syncWal();
      assertThat(syncs).hasSize(2).allMatch(nanos -> nanos > 0);
    }
  }

  @Test
  void opensBothDatabasesAndKeepsTheirContent() {
    try (Engines engines = open()) {
      assertThat(engines.kv().families()).containsExactly(Cf.values());
      assertThat(engines.raft().families()).containsExactly(Cf.DEFAULT);
      assertThat(engines.kv().isEmpty()).isTrue();
      put(engines.kv(), KEY, new byte[] {2}, false);
    }
    try (Engines engines = open()) {
      assertThat(engines.kv().get(Cf.DEFAULT, KEY)).containsExactly(2);
      assertThat(engines.kv().isEmpty()).isFalse();
      assertThat(engines.raft().isEmpty()).isTrue();
    }
    assertThat(folder.resolve("kv")).isDirectory();
    assertThat(folder.resolve("raft")).isDirectory();
  }

  @Test
  void remembersWhereARegionWroteLastInWhatIsKeyedByRegion() throws IOException {
    open().close();
    assertThat(insertHints("raft")).containsExactly("rocksdb.FixedPrefix.11");
    assertThat(insertHints("kv"))
        .as("one for the raft family, none for those of user data")
        .containsExactlyInAnyOrder("rocksdb.FixedPrefix.11", "nullptr", "nullptr", "nullptr");
  }

  private List<String> insertHints(String database) throws IOException {
    return settings(database, "memtable_insert_with_hint_prefix_extractor");
  }

  /** What the families of a database have, as it says itself. */
  private List<String> settings(String database, String name) throws IOException {
    String setting = name + "=";
    List<String> found = new ArrayList<>();
    try (var files = Files.list(folder.resolve(database))) {
      for (Path file : files.filter(path -> path.toString().contains("OPTIONS-")).toList()) {
        Files.readAllLines(file).stream()
            .map(String::strip)
            .filter(line -> line.startsWith(setting))
            .forEach(line -> found.add(line.substring(setting.length())));
      }
    }
    return found;
  }

  @Test
  void fillsTheWriteBuffersOfUserDataInPartsAndWritesThemAsOne() throws IOException {
    open().close();
    long buffer = RocksSettings.defaults().writeBufferBytes();
    String whole = Long.toString(buffer);
    String part = Long.toString(buffer / 4);
    assertThat(settings("kv", "write_buffer_size"))
        .containsExactlyInAnyOrder(whole, part, part, part);
    assertThat(settings("kv", "min_write_buffer_number_to_merge"))
        .containsExactlyInAnyOrder("1", "4", "4", "4");
    assertThat(settings("raft", "write_buffer_size")).containsExactly(whole);
    try (Engines engines = open()) {
      Engine kv = engines.kv();
      for (long filled = 0; filled < buffer / 2; filled += 1 << 20) {
        put(kv, ByteBuffer.allocate(8).putLong(filled).array(), new byte[1 << 20], false);
      }
      assertThat(kv.property("rocksdb.num-immutable-mem-table").orElseThrow())
          .as("parts that are full and wait for the others")
          .isPositive();
      assertThat(kv.property("rocksdb.total-sst-files-size")).hasValue(0);
      assertThat(kv.get(Cf.DEFAULT, new byte[8])).as("in the first part").hasSize(1 << 20);
    }
  }

  @Test
  void refusesAFolderInUse() {
    try (Engines engines = open()) {
      assertThatThrownBy(this::open)
          .isInstanceOfSatisfying(
              EngineOpenException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(Reason.LOCKED);
                assertThat(e.folder()).isEqualTo(folder.resolve("kv"));
                assertThat(e).hasMessageContaining(folder.resolve("kv") + " is in use");
              });
      put(engines.kv(), KEY, KEY, false);
    }
  }

  @Test
  void refusesAFolderThatCannotBeMade() throws IOException {
    Files.writeString(folder.resolve("raft"), "a file");
    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            EngineOpenException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.UNWRITABLE);
              assertThat(e.folder()).isEqualTo(folder.resolve("raft"));
            });
    Files.delete(folder.resolve("raft"));
    open().close();
  }

  @Test
  void firstFailedWriteSticks() throws IOException {
    Engines engines = open();
    Engine raft = engines.raft();
    put(raft, KEY, KEY, true);
    Path gone = folder.resolve("raft");
    try (var files = Files.walk(gone)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
    // There is no folder for the new file.
    assertThatThrownBy(raft::flush)
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("flush failed in database " + gone);
    Files.createDirectories(gone);
    assertThatThrownBy(() -> put(raft, KEY, KEY, false))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("refuses writes since one failed");
    assertThatThrownBy(raft::syncWal).isInstanceOf(EngineException.class);
    assertThat(faults).hasSize(1);
    put(engines.kv(), KEY, KEY, true);
    engines.close();
  }

  @Test
  void lateCallersGetAnExceptionAndOpenHandlesKeepWorking() {
    Engines engines = open();
    Engine kv = engines.kv();
    put(kv, KEY, KEY, false);
    WriteBatch batch = kv.newBatch();
    EngineSnapshot snapshot = kv.snapshot();
    EngineIterator iterator = snapshot.iterator(Cf.DEFAULT, KeyRange.ALL);
    engines.close();
    engines.close();

    assertThatThrownBy(() -> kv.get(Cf.DEFAULT, KEY)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(kv::snapshot).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(kv::syncWal).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> batch.put(Cf.DEFAULT, KEY, KEY))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> kv.write(batch, true)).isInstanceOf(IllegalStateException.class);
    assertThat(snapshot.get(Cf.DEFAULT, KEY)).isEqualTo(KEY);

    snapshot.close();
    snapshot.close();
    assertThatThrownBy(() -> snapshot.get(Cf.DEFAULT, KEY))
        .isInstanceOf(IllegalStateException.class);
    assertThat(iterator.seekToFirst()).isTrue();
    assertThat(iterator.key()).isEqualTo(KEY);
    assertThatThrownBy(this::open).isInstanceOf(EngineOpenException.class);

    iterator.close();
    iterator.close();
    assertThatThrownBy(iterator::seekToFirst).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(iterator::key).isInstanceOf(IllegalStateException.class);
    batch.close();
    batch.close();
    assertThatThrownBy(batch::clear).isInstanceOf(IllegalStateException.class);
    open().close();
  }

  @Test
  void refusesMisuse() {
    try (Engines engines = open();
        WriteBatch batch = engines.raft().newBatch();
        EngineIterator iterator = engines.raft().iterator(Cf.DEFAULT, KeyRange.ALL)) {
      assertThatThrownBy(() -> batch.put(Cf.LOCK, KEY, KEY))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> batch.deleteRange(Cf.DEFAULT, KEY, new byte[0]))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(batch::rollbackToSavePoint).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(batch::popSavePoint).isInstanceOf(IllegalStateException.class);
      batch.setSavePoint();
      batch.clear();
      assertThatThrownBy(batch::popSavePoint).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> engines.kv().write(batch, false))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(iterator::next).isInstanceOf(IllegalStateException.class);
    }
    assertThat(faults).isEmpty();
  }

  @Test
  void dropsWholeFilesAndTellsSizes() {
    try (Engines engines = open()) {
      Engine kv = engines.kv();
      KeyRange half = new KeyRange(new byte[] {0}, new byte[] {50});
      try (WriteBatch batch = kv.newBatch()) {
        for (byte key = 0; key < 100; key++) {
          batch.put(Cf.DEFAULT, new byte[] {key}, new byte[1000]);
        }
        kv.write(batch, false);
      }
      assertThat(kv.approximateBytes(KeyRange.ALL)).isGreaterThan(10_000);
      kv.flush();
      // Files of the first level are never dropped, they may overlap.
      kv.compact(Cf.DEFAULT, KeyRange.ALL);
      long files = kv.property("rocksdb.total-sst-files-size").orElseThrow();
      assertThat(files).isPositive();
      kv.deleteFilesInRange(half);
      assertThat(kv.get(Cf.DEFAULT, new byte[] {60})).hasSize(1000);
      kv.deleteFilesInRange(KeyRange.ALL);
      assertThat(kv.get(Cf.DEFAULT, new byte[] {60})).isNull();
      assertThat(kv.isEmpty()).isTrue();
      assertThat(kv.property("rocksdb.no-such-property")).isEmpty();
    }
  }

  /** A read that was granted before the range was given up still reads it. */
  @Test
  void keepsFilesThatASnapshotMayRead() {
    try (Engines engines = open()) {
      Engine kv = engines.kv();
      byte[] key = {1};
      try (WriteBatch batch = kv.newBatch()) {
        batch.put(Cf.DEFAULT, key, new byte[1000]);
        kv.write(batch, false);
      }
      kv.flush();
      kv.compact(Cf.DEFAULT, KeyRange.ALL);
      try (EngineSnapshot snapshot = kv.snapshot()) {
        kv.deleteFilesInRange(KeyRange.ALL);
        assertThat(snapshot.get(Cf.DEFAULT, key)).hasSize(1000);
      }
      kv.deleteFilesInRange(KeyRange.ALL);
      assertThat(kv.get(Cf.DEFAULT, key)).isNull();
    }
  }

  /** Whoever wants the file has to see to it; the database is as it was. */
  @Test
  void aFileThatCannotBeExportedToIsNoFaultOfTheDatabase() throws IOException {
    try (Engines engines = open();
        EngineSnapshot view = engines.kv().snapshot()) {
      put(engines.kv(), KEY, new byte[] {2}, false);
      try (EngineSnapshot now = engines.kv().snapshot()) {
        assertThatThrownBy(
                () ->
                    engines
                        .kv()
                        .export(now, Cf.DEFAULT, KeyRange.ALL, folder.resolve("nowhere/x.sst")))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("x.sst");
      }
      assertThat(faults).isEmpty();
      put(engines.kv(), KEY, new byte[] {3}, true);
      assertThat(engines.kv().get(Cf.DEFAULT, KEY)).containsExactly(3);
      assertThat(engines.kv().export(view, Cf.DEFAULT, KeyRange.ALL, folder.resolve("y.sst")))
          .as("of a view without keys")
          .isZero();
    }
  }
}
