package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.engine.Engines;
import dev.flotilla.engine.rocks.RocksEngines;
import dev.flotilla.engine.rocks.RocksSettings;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.pdpb.StoreStats;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreSpaceTest {
  @TempDir private Path folder;

  private static StoreStats.Builder told(Path dataDir, long reserve, Engines engines) {
    StoreStats.Builder told = StoreStats.newBuilder();
    new StoreSpace(new DiskWatch(dataDir, reserve), engines).addTo(told);
    return told;
  }

  @Test
  void tellsOfTheDiskAndOfItsOwn() throws Exception {
    Engines engines = RocksEngines.open(folder, RocksSettings.defaults(), fault -> {});
    StoreStats.Builder told = told(folder, 0, engines);
    engines.close();
    assertThat(told.getCapacity()).isEqualTo(Files.getFileStore(folder).getTotalSpace());
    assertThat(told.getAvailable()).isBetween(1L, told.getCapacity());
    assertThat(told.getUsedSize()).isBetween(1L, told.getCapacity());
  }

  @Test
  void tellsNothingOfADiskThatDoesNotSay() {
    StoreStats.Builder told =
        told(folder.resolve("gone"), 0, new Engines(SimEngine.kv(), SimEngine.raft()));
    assertThat(told.build()).isEqualTo(StoreStats.getDefaultInstance());
  }

  @Test
  void whatIsKeptFromClientsIsNotAvailable() {
    Engines none = new Engines(SimEngine.kv(), SimEngine.raft());
    assertThat(told(folder, Long.MAX_VALUE / 2, none).getAvailable()).isZero();
  }
}
