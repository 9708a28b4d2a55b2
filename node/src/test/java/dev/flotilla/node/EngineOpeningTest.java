package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.sim.SimEngine;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class EngineOpeningTest {
  private final SimEngine kv = SimEngine.kv();
  private final SimEngine raft = SimEngine.raft();

  /** They would keep their folder locked for as long as the process lives. */
  @Test
  void enginesThatWereOpeningWhenTheNodeStoppedAreClosed() {
    CompletableFuture<Engines> disk = new CompletableFuture<>();
    EngineOpening opening = EngineOpening.begin(syncs -> disk.join());
    opening.close();
    disk.complete(new Engines(kv, raft));
    await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertClosed(kv));
    await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertClosed(raft));
    assertThatThrownBy(opening::await).hasMessage("the node is stopping");
  }

  @Test
  void enginesAreClosedAlsoWhenWhatIsInMemoryCannotBeWritten() {
    EngineOpening opening = EngineOpening.begin(syncs -> new Engines(kv, raft));
    opening.await();
    kv.failWrite(1);
    assertThatThrownBy(kv::syncWal).isInstanceOf(EngineException.class);
    assertThatThrownBy(opening::close).isInstanceOf(EngineException.class);
    assertClosed(kv);
    assertClosed(raft);
  }

  private static void assertClosed(SimEngine engine) {
    assertThatThrownBy(engine::isEmpty).isInstanceOf(IllegalStateException.class);
  }
}
