package dev.flotilla.plugins.auditlog;

import static dev.flotilla.coprocessor.api.testkit.FakeAdmin.changePeer;
import static dev.flotilla.coprocessor.api.testkit.FakeAdmin.compactLog;
import static dev.flotilla.coprocessor.api.testkit.FakeAdmin.split;
import static dev.flotilla.coprocessor.api.testkit.FakeAdmin.transferLeader;
import static dev.flotilla.coprocessor.api.testkit.FakeRequest.deleteRange;
import static dev.flotilla.coprocessor.api.testkit.FakeRequest.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.PeerChange;
import dev.flotilla.coprocessor.api.PeerView;
import dev.flotilla.coprocessor.api.RejectedException.Code;
import dev.flotilla.coprocessor.api.Rejection;
import dev.flotilla.coprocessor.api.Role;
import dev.flotilla.coprocessor.api.testkit.FakeHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
  @TempDir Path data;

  private FakeHost start(Map<String, String> config) throws Exception {
    return FakeHost.start(new AuditLog(), config, data);
  }

  private List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    for (Path file : AuditFiles.list(data)) {
      lines.addAll(Files.readAllLines(file));
    }
    return lines;
  }

  /** What a line says, without time and hashes. */
  private static String content(String line) {
    return line.replaceAll("\"time\":\"[^\"]*\",", "").replaceAll(",\"prev\".*", "");
  }

  @Test
  void writesWhatHappensToRegions() throws Exception {
    try (FakeHost host = start(Map.of())) {
      host.become(Role.LEADER);
      host.apply(split(Bytes.utf8("m")));
      host.apply(changePeer(new PeerChange(PeerChange.Kind.ADD, new PeerView(7, 4, false))));
      host.apply(compactLog(3));
      host.apply(put("k", "v"));
      host.reject(split(Bytes.utf8("n")), new Rejection("guard", Code.DENIED, "not \"now\"\n"));
      host.propose(transferLeader(new PeerView(8, 5, false))).assertUnaltered();
    }

    assertThat(lines().stream().map(AuditLogTest::content))
        .containsExactly(
            "{\"seq\":1,\"event\":\"role\",\"region\":2,\"term\":7,\"role\":\"LEADER\"",
            "{\"seq\":2,\"event\":\"admin-applied\",\"region\":2,\"term\":7,\"index\":6,"
                + "\"kind\":\"SPLIT\",\"split_keys\":[\"6d\"]",
            "{\"seq\":3,\"event\":\"admin-applied\",\"region\":2,\"term\":7,\"index\":7,"
                + "\"kind\":\"CHANGE_PEER\",\"changes\":[{\"kind\":\"ADD\",\"peer\":7,\"store\":4}]",
            "{\"seq\":4,\"event\":\"admin-refused\",\"region\":2,\"term\":7,\"kind\":\"SPLIT\","
                + "\"split_keys\":[\"6e\"],\"plugin\":\"guard\",\"code\":\"DENIED\","
                + "\"reason\":\"not \\\"now\\\"\\u000a\"",
            "{\"seq\":5,\"event\":\"transfer-asked\",\"region\":2,\"term\":7,"
                + "\"kind\":\"TRANSFER_LEADER\",\"targets\":[{\"peer\":8,\"store\":5}]");
    assertThat(AuditCheck.of(data).problem()).isEmpty();
    assertThat(lines().get(0)).contains("\"time\":\"2030-01-01T00:00:00Z\"");
  }

  @Test
  void writesKeysOfWritesOnDemand() throws Exception {
    try (FakeHost host = start(Map.of("writes", "true", "housekeeping", "true"))) {
      host.apply(put("k", "secret"), deleteRange("l", "m"));
      host.apply(compactLog(3));
    }
    assertThat(content(lines().get(0)))
        .endsWith(
            "\"requests\":[{\"kind\":\"PUT\",\"cf\":\"default\",\"key\":\"6b\",\"value_bytes\":6},"
                + "{\"kind\":\"DELETE_RANGE\",\"cf\":\"default\",\"key\":\"6c\",\"end_key\":\"6d\","
                + "\"value_bytes\":0}]");
    assertThat(content(lines().get(1))).endsWith("\"kind\":\"COMPACT_LOG\",\"compact_index\":3");
    assertThat(lines()).noneMatch(line -> line.contains("secret"));
  }

  @Test
  void goesOnAfterARestart() throws Exception {
    for (int i = 0; i < 3; i++) {
      try (FakeHost host = start(Map.of())) {
        host.become(Role.LEADER);
      }
    }
    assertThat(AuditCheck.of(data)).extracting("lines", "problem").containsExactly(3L, "");
  }

  @Test
  void aLineTornByACrashIsDroppedAndSaid() throws Exception {
    try (FakeHost host = start(Map.of())) {
      host.become(Role.LEADER);
    }
    Files.writeString(
        data.resolve(AuditFiles.CURRENT), "{\"seq\":2,\"ti", StandardOpenOption.APPEND);
    try (FakeHost host = start(Map.of())) {
      host.become(Role.FOLLOWER);
    }
    assertThat(content(lines().get(1))).contains("torn-line-dropped", "\"bytes\":12");
    assertThat(AuditCheck.of(data)).extracting("lines", "problem").containsExactly(3L, "");
  }

  @Test
  void rotatesAndKeepsTheChain() throws Exception {
    try (FakeHost host = start(Map.of("max-file-bytes", "1024", "max-files", "3"))) {
      for (int i = 0; i < 50; i++) {
        host.become(i % 2 == 0 ? Role.LEADER : Role.FOLLOWER);
      }
    }
    assertThat(AuditFiles.list(data)).hasSize(3);
    assertThat(lines()).last().asString().startsWith("{\"seq\":50,");
    assertThat(AuditCheck.of(data).problem()).isEmpty();
    for (Path file : AuditFiles.list(data)) {
      assertThat(file).satisfies(path -> assertThat(Files.size(path)).isLessThanOrEqualTo(1024));
    }
  }

  @Test
  void anEditShows() throws Exception {
    try (FakeHost host = start(Map.of())) {
      for (int i = 0; i < 4; i++) {
        host.become(Role.LEADER);
      }
    }
    Path file = data.resolve(AuditFiles.CURRENT);
    List<String> lines = Files.readAllLines(file);

    Files.write(file, List.of(lines.get(0), lines.get(1).replace("LEADER", "FOLLOWER")));
    assertThat(AuditCheck.of(data).problem()).isEqualTo("audit.jsonl line 2 was changed");
    assertThatThrownBy(() -> start(Map.of())).hasMessageContaining("was changed");

    Files.write(file, List.of(lines.get(0), lines.get(2), lines.get(3)));
    assertThat(AuditCheck.of(data).problem())
        .isEqualTo("audit.jsonl line 2 does not follow the one before");
  }
}
