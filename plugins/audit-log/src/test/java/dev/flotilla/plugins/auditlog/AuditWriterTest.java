package dev.flotilla.plugins.auditlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
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
}
