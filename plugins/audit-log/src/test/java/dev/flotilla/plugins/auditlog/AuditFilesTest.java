package dev.flotilla.plugins.auditlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditFilesTest {
  @TempDir Path data;

  private static List<String> record(String text) {
    return List.of(Json.members(Map.of("text", text)));
  }

  /** A reason may name a key that a client has chosen. */
  @ParameterizedTest
  @ValueSource(strings = {"\u0085", "\u2028", "\u2029", "\r", "\n", "\0", "\ud800"})
  void whateverIsWrittenIsReadAgain(String separator) throws IOException {
    try (AuditFiles files = AuditFiles.open(data, 1 << 20, 2)) {
      files.append(record("before" + separator + "after"));
    }
    try (AuditFiles files = AuditFiles.open(data, 1 << 20, 2)) {
      files.append(record("more"));
    }
    List<String> lines = Files.readAllLines(data.resolve(AuditFiles.CURRENT));
    assertThat(HashChain.START.precedes(lines.get(0))).isTrue();
    HashChain first = Objects.requireNonNull(HashChain.after(lines.get(0)));
    assertThat(first.precedes(lines.get(1))).isTrue();
  }

  @Test
  void goesOnWhenARotationThatFailedIsPossible() throws IOException {
    try (AuditFiles files = AuditFiles.open(data, 1024, 10)) {
      files.append(record("x".repeat(800)));
      Path inTheWay = Files.createDirectories(data.resolve("audit-%019d.jsonl".formatted(1)));
      Path inside = Files.createFile(inTheWay.resolve("not empty"));
      assertThatThrownBy(() -> files.append(record("y".repeat(800))))
          .isInstanceOf(IOException.class);
      Files.delete(inside);
      Files.delete(inTheWay);
      files.append(record("z".repeat(800)));
      assertThat(AuditFiles.list(data)).hasSize(2);
      assertThat(Files.readString(data.resolve(AuditFiles.CURRENT))).contains("\"seq\":2,", "zzz");
    }
  }
}
