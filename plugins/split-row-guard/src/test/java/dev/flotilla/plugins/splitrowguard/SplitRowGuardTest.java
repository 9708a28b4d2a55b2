package dev.flotilla.plugins.splitrowguard;

import static dev.flotilla.coprocessor.api.testkit.FakeAdmin.compactLog;
import static dev.flotilla.coprocessor.api.testkit.FakeAdmin.split;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.RejectedException.Code;
import dev.flotilla.coprocessor.api.testkit.FakeHost;
import dev.flotilla.coprocessor.api.testkit.FakeRegion;
import dev.flotilla.coprocessor.api.testkit.Outcome;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitRowGuardTest {
  @TempDir static Path data;

  private FakeHost host;

  @BeforeEach
  void start() throws Exception {
    host =
        FakeHost.start(new SplitRowGuard(), Map.of("layout", "separator", "separator", "/"), data);
  }

  @AfterEach
  void stop() {
    host.close();
  }

  private static Bytes key(String text) {
    return Bytes.utf8(text);
  }

  @Test
  void movesASplitToTheBeginningOfItsRow() {
    host.propose(split(key("row7/name"))).assertKey(0, key("row7/"));
    host.propose(split(key("row7/"))).assertUnaltered();
    host.propose(split(key("no row"))).assertUnaltered();
    host.propose(compactLog(7)).assertUnaltered();
  }

  @Test
  void refusesToSplitTheFirstRowOfARegion() {
    host.in(FakeRegion.between(key("row7/"), key("row9/")));

    assertThat(host.propose(split(key("row7/name"))).assertRejected(Code.INVALID))
        .contains("inside of a row");
    host.propose(split(key("row8/name"))).assertKey(0, key("row8/"));
  }

  @Test
  void refusesToSplitOneRowTwice() {
    Outcome outcome = host.propose(split(key("row7/a"), key("row8/b")));
    outcome.assertKey(0, key("row7/")).assertKey(1, key("row8/"));
    host.propose(split(key("row7/a"), key("row7/b"))).assertRejected(Code.INVALID);
  }

  @Test
  void noRowStraddlesAfterManySplits() {
    Random random = new Random(11);
    TreeSet<Bytes> borders = new TreeSet<>();
    borders.add(Bytes.empty());
    for (int i = 0; i < 2_000; i++) {
      Bytes asked = key("row" + random.nextInt(300) + "/" + random.nextInt(50));
      Bytes start = borders.floor(asked);
      Bytes end = borders.higher(asked);
      host.in(FakeRegion.between(start, end == null ? Bytes.empty() : end));
      Outcome outcome = host.propose(split(asked));
      if (outcome.rejection() == null) {
        borders.add(outcome.assertAccepted().keys().get(0));
      }
    }
    borders.remove(Bytes.empty());
    assertThat(borders).hasSizeGreaterThan(200).allMatch(border -> border.toUtf8().endsWith("/"));
  }
}
