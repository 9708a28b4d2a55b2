package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.flotilla.proto.disk_usage.DiskUsage;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiskWatchTest {
  private static final long RESERVE = 1000;
  private static final long CAPACITY = 1 << 20;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "Normal,      1000, Normal",
    "Normal,       999, AlmostFull",
    "Normal,       250, AlmostFull",
    "Normal,       249, AlreadyFull",
    "AlmostFull,   249, AlreadyFull",
    "AlmostFull,  1049, AlmostFull",
    "AlmostFull,  1050, Normal",
    "AlreadyFull,  299, AlreadyFull",
    "AlreadyFull,  300, AlmostFull",
    "AlreadyFull, 1049, AlmostFull",
    "AlreadyFull, 1050, Normal",
  })
  void keepsAReserve(DiskUsage before, long usable, DiskUsage now) {
    assertThat(new DiskWatch(folder, RESERVE).usage(CAPACITY, usable, before)).isEqualTo(now);
  }

  @Test
  void withoutAReserveNothingIsKept() {
    assertThat(new DiskWatch(folder, 0).usage(CAPACITY, 0, DiskUsage.Normal))
        .isEqualTo(DiskUsage.Normal);
  }

  @Test
  void aDiskThatDoesNotSayIsTrusted() {
    assertThat(new DiskWatch(folder, RESERVE).usage(0, 0, DiskUsage.Normal))
        .isEqualTo(DiskUsage.Normal);
  }

  @Test
  void tellsOfADiskThatIsFull() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      DiskWatch watch = new DiskWatch(folder, Long.MAX_VALUE);
      CompletableFuture<DiskUsage> told = new CompletableFuture<>();
      watch.start(vertx, told::complete);
      assertThat(told.get(30, TimeUnit.SECONDS)).isEqualTo(DiskUsage.AlreadyFull);
      assertThat(watch.usage()).isEqualTo(DiskUsage.AlreadyFull);
    } finally {
      vertx.close().await(30, TimeUnit.SECONDS);
    }
  }

  /** A node that stops would log an error, as there is no thread for a look any more. */
  @Test
  void looksNoMoreOnceItWasStopped() throws Exception {
    Vertx vertx = Vertx.vertx();
    DiskWatch watch = new DiskWatch(folder, Long.MAX_VALUE);
    vertx.close().await(30, TimeUnit.SECONDS);
    watch.stop();
    assertThatCode(() -> watch.start(vertx, usage -> {})).doesNotThrowAnyException();
    assertThat(watch.usage()).isEqualTo(DiskUsage.Normal);
  }
}
