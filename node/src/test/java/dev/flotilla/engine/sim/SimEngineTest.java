package dev.flotilla.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.KeyRange;
import dev.flotilla.engine.WriteBatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimEngineTest {
  private static void put(SimEngine engine, int key, boolean sync) {
    try (WriteBatch batch = engine.newBatch()) {
      batch.put(Cf.DEFAULT, new byte[] {(byte) key}, new byte[] {1});
      batch.put(Cf.RAFT, new byte[] {(byte) key}, new byte[] {2});
      engine.write(batch, sync);
    }
  }

  /** How many of the keys 0, 1, ... are there; both families of a batch or none. */
  private static int prefix(SimEngine engine, int keys) {
    int present = 0;
    while (present < keys && engine.get(Cf.DEFAULT, new byte[] {(byte) present}) != null) {
      present++;
    }
    for (int key = 0; key < keys; key++) {
      byte[] bytes = {(byte) key};
      assertThat(engine.get(Cf.DEFAULT, bytes) != null).isEqualTo(key < present);
      assertThat(engine.get(Cf.RAFT, bytes) != null).isEqualTo(key < present);
    }
    return present;
  }

  @Test
  void crashLosesWhatWasNotSynced() {
    SimEngine engine = SimEngine.kv();
    put(engine, 0, false);
    put(engine, 1, true);
    put(engine, 2, false);
    put(engine, 3, false);
    assertThat(prefix(engine, 4)).isEqualTo(4);
    SimEngine restarted = engine.crash();
    assertThat(prefix(restarted, 4)).isEqualTo(2);
    assertThatThrownBy(() -> put(engine, 4, false)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void crashKeepsAPrefixOfWholeBatches() {
    Set<Integer> survivors = new HashSet<>();
    for (long seed = 0; seed < 100; seed++) {
      SimEngine engine = SimEngine.kv();
      put(engine, 0, true);
      for (int key = 1; key < 5; key++) {
        put(engine, key, false);
      }
      survivors.add(prefix(engine.crash(seed), 5));
    }
    assertThat(survivors).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
  }

  @Test
  void everySyncCoversAllThatCameBefore() {
    for (int how = 0; how < 3; how++) {
      SimEngine engine = SimEngine.kv();
      put(engine, 0, false);
      put(engine, 1, false);
      switch (how) {
        case 0 -> engine.syncWal();
        case 1 -> engine.flush();
        default -> {
          try (WriteBatch empty = engine.newBatch()) {
            engine.write(empty, true);
          }
        }
      }
      assertThat(engine.unsynced()).isZero();
      assertThat(prefix(engine.crash(), 2)).isEqualTo(2);
    }
  }

  @Test
  void failedWriteIsUnknownAndTheLastOne() {
    List<EngineException> told = new ArrayList<>();
    SimEngine engine = SimEngine.create(List.of(Cf.values()), told::add);
    engine.failWrite(2);
    put(engine, 0, true);
    assertThatThrownBy(() -> put(engine, 1, true)).isInstanceOf(EngineException.class);
    assertThatThrownBy(() -> put(engine, 2, true)).isInstanceOf(EngineException.class);
    assertThatThrownBy(engine::syncWal).isInstanceOf(EngineException.class);
    assertThat(told).hasSize(1);
    assertThat(prefix(engine, 3)).isEqualTo(1);
    assertThat(engine.unsynced()).isEqualTo(1);
    assertThat(prefix(engine.crashKeeping(1), 3)).isEqualTo(2);
  }

  @Test
  void droppingFilesSparesWhatIsOnlyInTheLog() {
    SimEngine engine = SimEngine.kv();
    put(engine, 0, true);
    put(engine, 1, false);
    engine.deleteFilesInRange(KeyRange.ALL);
    assertThat(engine.get(Cf.DEFAULT, new byte[] {0})).isNull();
    assertThat(engine.get(Cf.DEFAULT, new byte[] {1})).isNotNull();
    assertThat(engine.crash().isEmpty()).isTrue();
  }
}
