package dev.flotilla.plugins.template;

import static dev.flotilla.coprocessor.api.testkit.FakeRequest.delete;
import static dev.flotilla.coprocessor.api.testkit.FakeRequest.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.coprocessor.api.RejectedException.Code;
import dev.flotilla.coprocessor.api.testkit.FakeHost;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValueRulesTest {
  @TempDir Path data;

  private FakeHost start(Map<String, String> config) throws Exception {
    return FakeHost.start(new ValueRules(), config, data);
  }

  @Test
  void refusesLargeValues() throws Exception {
    try (FakeHost host = start(Map.of("max-value-bytes", "3"))) {
      host.propose(put("k", "abc"), delete("l")).assertUnaltered();
      assertThat(host.propose(put("k", "abc"), put("l", "abcd")).assertRejected(Code.INVALID))
          .contains("4 bytes");
    }
  }

  @Test
  void stripsOneNewline() throws Exception {
    try (FakeHost host = start(Map.of())) {
      host.propose(put("k", "line\n")).assertAltered(0, "line");
      host.propose(put("k", "a\n\n"), put("l", "b")).assertAltered(0, "a\n");
      host.propose(put("k", "")).assertUnaltered();
    }
    try (FakeHost host = start(Map.of("strip-newline", "false"))) {
      host.propose(put("k", "line\n")).assertUnaltered();
    }
  }

  @Test
  void refusesSettingsThatMakeNoSense() {
    assertThatThrownBy(() -> start(Map.of("max-value-bytes", "many")))
        .hasMessageContaining("max-value-bytes");
  }
}
