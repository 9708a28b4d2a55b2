package dev.flotilla.plugins.aggregate;

import static dev.flotilla.coprocessor.api.testkit.FakeRequest.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.KeyRange;
import dev.flotilla.coprocessor.api.RejectedException.Code;
import dev.flotilla.coprocessor.api.testkit.FakeHost;
import dev.flotilla.coprocessor.api.testkit.Outcome;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AggregateTest {
  private static final KeyRange ALL = new KeyRange(Bytes.empty(), Bytes.empty());

  @TempDir private Path data;
  private FakeHost host;

  @BeforeEach
  void start() throws Exception {
    host = FakeHost.start(new Aggregate(), Map.of(), data);
    host.apply(put("a", "-7"), put("b", "10"), put("c", "300000000000000000000"));
  }

  @AfterEach
  void stop() {
    host.close();
  }

  private Outcome ask(String what, KeyRange... ranges) {
    return host.query(Bytes.utf8(what), ranges);
  }

  private static KeyRange range(String start, String end) {
    return new KeyRange(Bytes.utf8(start), Bytes.utf8(end));
  }

  @ParameterizedTest
  @CsvSource({
    "count, 3, 0",
    "bytes, 25, 0",
    "sum, 300000000000000000003, 0",
    "min, -7, ''",
    "max, 300000000000000000000, ''"
  })
  void putsTheValuesTogether(String what, String ofAll, String ofNone) {
    ask(what, ALL).assertAnswered(ofAll);
    ask(what, range("x", "")).assertAnswered(ofNone);
  }

  @Test
  void takesSeveralRanges() {
    ask("count", range("a", "b"), range("c", "d")).assertAnswered("2");
    ask("count").assertAnswered("0");
  }

  @Test
  void refusesWhatMakesNoSense() {
    host.apply(put("d", "many"));
    assertThat(ask("sum", ALL).assertRejected(Code.INVALID)).contains("0x64 is no whole number");
    ask("sum", range("a", "c")).assertAnswered("3");
    ask("count", ALL).assertAnswered("4");
    host.apply(put("d", "9".repeat(101)));
    ask("sum", ALL).assertRejected(Code.INVALID);
    assertThat(ask("average", ALL).assertRejected(Code.INVALID)).contains("average");
  }
}
