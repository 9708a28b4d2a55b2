package dev.flotilla.engine.rocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class OpenSnapshotsTest {
  private final OpenSnapshots snapshots = new OpenSnapshots();

  @Test
  void nobodyWaitsWhereNoneIsOpen() {
    snapshots.closed(snapshots.opened());
    assertThat(snapshots.awaitClosed(Duration.ZERO)).isTrue();
  }

  @Test
  void patienceEnds() {
    snapshots.opened();
    assertThat(snapshots.awaitClosed(Duration.ofMillis(1))).isFalse();
  }

  @Test
  void thoseThatAreOpenedLaterDoNotCount() {
    long earlier = snapshots.opened();
    AtomicReference<Thread> waiter = new AtomicReference<>();
    CompletableFuture<Boolean> closed =
        CompletableFuture.supplyAsync(
            () -> {
              waiter.set(Thread.currentThread());
              return snapshots.awaitClosed(Duration.ofMinutes(1));
            });
    await()
        .until(() -> waiter.get() != null && waiter.get().getState() == Thread.State.TIMED_WAITING);
    snapshots.opened();
    snapshots.closed(earlier);
    assertThat(closed.join()).isTrue();
  }
}
