package dev.flotilla.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.raftstore.store.Bootstrap;
import java.nio.ByteBuffer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BootstrapCrashTest {
  private static final RaftStoreConfig CONFIG = RaftStoreConfig.defaults();

  /**
   * Every write of the bootstrap fails once, on either engine; what was unsynced is lost or not.
   */
  static Stream<Arguments> crashes() {
    return IntStream.rangeClosed(1, 3)
        .boxed()
        .flatMap(
            write ->
                Stream.of(true, false)
                    .flatMap(
                        kv -> Stream.of(true, false).map(lost -> Arguments.of(write, kv, lost))));
  }

  @ParameterizedTest
  @MethodSource("crashes")
  void servesAfterCrashAtAnyWrite(int write, boolean onKv, boolean lost) {
    SimEngine kv = SimEngine.kv();
    SimEngine raft = SimEngine.raft();
    (onKv ? kv : raft).failWrite(write);
    try {
      Bootstrap.create(new Engines(kv, raft), 77);
    } catch (EngineException planned) {
      // Dies here; what comes next is the restart.
    }
    SimEngine kvAfter = lost ? kv.crash() : kv.crashKeeping(kv.unsynced());
    SimEngine raftAfter = lost ? raft.crash() : raft.crashKeeping(raft.unsynced());
    SimStore store = SimStore.start(kvAfter, raftAfter, new SimClock(), CONFIG, 1);
    store.settle();
    SimCallback put = SimCallback.write();
    store.send(SimStore.put("a", "1"), put);
    store.settle();
    assertThat(put.isAnswered()).isTrue();
    assertThat(put.refusal()).isNull();
    assertThat(store.store().regionStatuses()).hasSize(2).allMatch(region -> region.serving());
  }

  @Test
  void refusesFolderOfUnknownVersion() {
    SimEngine kv = SimEngine.kv();
    Engines engines = new Engines(kv, SimEngine.raft());
    Bootstrap.create(engines, 77);
    try (WriteBatch batch = kv.newBatch()) {
      byte[] version = ByteBuffer.allocate(Long.BYTES).putLong(99).array();
      batch.put(Cf.DEFAULT, Keys.formatVersionKey(), version);
      kv.write(batch, true);
    }
    assertThatThrownBy(() -> Bootstrap.identity(engines))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("format version 99");
  }

  @Test
  void refusesFolderOfAnotherProgram() {
    SimEngine kv = SimEngine.kv();
    try (WriteBatch batch = kv.newBatch()) {
      batch.put(Cf.DEFAULT, new byte[] {'x'}, new byte[] {'y'});
      kv.write(batch, true);
    }
    assertThatThrownBy(() -> Bootstrap.identity(new Engines(kv, SimEngine.raft())))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("holds no store");
  }
}
