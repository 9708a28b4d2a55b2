package dev.flotilla.plugins.auditlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class AuditWriterTest {
  @TempDir Path data;

  private AuditWriter writer(int queueEntries) {
    return new AuditWriter(
        () -> AuditFiles.open(data, 1 << 20, 2),
        queueEntries,
        Clock.systemUTC(),
        LoggerFactory.getLogger("test"));
  }

  private List<String> lines() throws IOException {
    return Files.readAllLines(data.resolve(AuditFiles.CURRENT));
  }

  @Test
  void whatTheQueueCannotTakeIsCounted() throws Exception {
    AuditWriter writer = writer(2);
    // Not started yet, so that the queue fills.
    for (int i = 0; i < 5; i++) {
      writer.write("event", Map.of("i", i));
    }
    writer.start(CompletableFuture.completedStage(null));
    writer.stop();

    List<String> lines = lines();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).contains("\"event\":\"lost\",\"records\":3");
    assertThat(lines.get(2)).contains("\"i\":1");
  }

  /** Without its thread nothing would be written any more, and nothing would ever stop. */
  @Test
  void goesOnAfterARecordThatCannotBeWritten() throws Exception {
    AuditWriter writer = writer(8);
    CompletableFuture<Void> met = new CompletableFuture<>();
    Object poison =
        new Object() {
          @Override
          public String toString() {
            met.complete(null);
            throw new IllegalStateException("has no text");
          }
        };
    writer.start(CompletableFuture.completedStage(null));
    writer.write("event", Map.of("value", poison));
    met.get(10, TimeUnit.SECONDS);
    writer.write("event", Map.of("i", 1));
    writer.stop();

    assertThat(Files.readString(data.resolve(AuditFiles.CURRENT)))
        .contains("\"event\":\"lost\",\"records\":1", "\"i\":1");
  }

  /** Two that write at once would break the chain of hashes. */
  @Test
  void goesOnInTheFilesOfTheOneBefore() throws Exception {
    AuditWriter before = writer(8);
    before.start(CompletableFuture.completedStage(null));
    AuditWriter after = writer(8);
    CompletableFuture<Void> stopped = new CompletableFuture<>();
    after.start(stopped);
    after.write("event", Map.of("i", 2));
    before.write("event", Map.of("i", 1));
    before.stop();
    stopped.complete(null);
    after.stop();

    assertThat(lines()).hasSize(2);
    assertThat(lines().get(0)).contains("\"i\":1");
    assertThat(lines().get(1)).contains("\"i\":2");
    assertThat(AuditCheck.of(data).problem()).isEmpty();
  }

  @Test
  void stopsBeforeItsTurn() throws Exception {
    AuditWriter writer = writer(1);
    CompletableFuture<Void> never = new CompletableFuture<>();
    writer.start(never.minimalCompletionStage());
    for (int i = 0; i < 3; i++) {
      writer.write("event", Map.of("i", i));
    }
    writer.stop();

    assertThat(data.resolve(AuditFiles.CURRENT)).doesNotExist();
    assertThat(never).isNotDone();
  }
}
