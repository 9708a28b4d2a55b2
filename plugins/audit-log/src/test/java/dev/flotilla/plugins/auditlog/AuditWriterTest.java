package dev.flotilla.plugins.auditlog;

import static org.assertj.core.api.Assertions.assertThat;

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

  @Test
  void whatTheQueueCannotTakeIsCounted() throws Exception {
    AuditFiles files = AuditFiles.open(data, 1 << 20, 2);
    AuditWriter writer =
        new AuditWriter(files, 2, Clock.systemUTC(), LoggerFactory.getLogger("test"));
    // Not started yet, so that the queue fills.
    for (int i = 0; i < 5; i++) {
      writer.write("event", Map.of("i", i));
    }
    writer.start();
    writer.stop();

    List<String> lines = Files.readAllLines(data.resolve(AuditFiles.CURRENT));
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).contains("\"event\":\"lost\",\"records\":3");
    assertThat(lines.get(2)).contains("\"i\":1");
  }

  /** Without its thread nothing would be written any more, and nothing would ever stop. */
  @Test
  void goesOnAfterARecordThatCannotBeWritten() throws Exception {
    AuditFiles files = AuditFiles.open(data, 1 << 20, 2);
    AuditWriter writer =
        new AuditWriter(files, 8, Clock.systemUTC(), LoggerFactory.getLogger("test"));
    CompletableFuture<Void> met = new CompletableFuture<>();
    Object poison =
        new Object() {
          @Override
          public String toString() {
            met.complete(null);
            throw new IllegalStateException("has no text");
          }
        };
    writer.start();
    writer.write("event", Map.of("value", poison));
    met.get(10, TimeUnit.SECONDS);
    writer.write("event", Map.of("i", 1));
    writer.stop();

    assertThat(Files.readString(data.resolve(AuditFiles.CURRENT)))
        .contains("\"event\":\"lost\",\"records\":1", "\"i\":1");
  }
}
