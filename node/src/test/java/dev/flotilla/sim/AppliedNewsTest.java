package dev.flotilla.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.engine.sim.SimEngine;
import org.junit.jupiter.api.Test;

/** For what the store loop is woken when an apply worker has come further. */
class AppliedNewsTest {
  private final SimStore store =
      SimStore.start(
          SimEngine.kv(), SimEngine.raft(), new SimClock(), RaftStoreConfig.defaults(), 1);

  @Test
  void notForWritesThatNothingWaitsFor() {
    store.settle();
    SimCallback put = SimCallback.write();
    store.send(SimStore.put("k", "1"), put);
    store.turn(10);
    store.apply(10);
    assertThat(put.isAnswered()).isTrue();
    assertThat(store.isCalled()).isFalse();
  }

  @Test
  void forTheFirstEntryOfATerm() {
    store.turn(10);
    assertThat(store.isCalled()).isFalse();
    store.apply(10);
    assertThat(store.isCalled()).isTrue();
  }

  @Test
  void forWritesThatAReadCameToWaitForLater() {
    store.settle();
    store.send(SimStore.put("k", "1"), SimCallback.write());
    store.turn(10);
    // The worker has the write by now, and nobody has told it that anyone waits.
    SimCallback reader = SimCallback.read(grant -> null);
    store.send(SimStore.quorumSnap(), reader);
    store.turn(10);
    assertThat(reader.isAnswered()).isFalse();
    store.apply(10);
    assertThat(store.isCalled()).isTrue();
    store.turn(10);
    assertThat(reader.isAnswered()).isTrue();
  }

  /** More than one page may be being applied: nothing is handed out until that is. */
  @Test
  void forAFullPage() {
    store.settle();
    int bytes = (int) RaftStoreConfig.defaults().applyPageBytesMax();
    store.send(SimStore.put("k", "x".repeat(bytes)), SimCallback.write());
    store.turn(10);
    store.apply(10);
    assertThat(store.isCalled()).isTrue();
  }
}
