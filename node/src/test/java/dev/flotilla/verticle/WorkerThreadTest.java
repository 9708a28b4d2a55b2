package dev.flotilla.verticle;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.DeploymentOptions;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is held up by a plugin that blocks is to learn of it, and not only after a minute. */
class WorkerThreadTest {
  @ParameterizedTest
  @CsvSource({"f-store,2", "f-apply-0,2", "f-read-1,2", "f-snapshot,60", "f-hash,60"})
  void isWarnedOfAfter(String pool, long seconds) {
    DeploymentOptions options = WorkerThread.named(pool);
    assertThat(
            Duration.of(
                options.getMaxWorkerExecuteTime(),
                options.getMaxWorkerExecuteTimeUnit().toChronoUnit()))
        .isEqualTo(Duration.ofSeconds(seconds));
  }
}
