package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Orders of {@code flotilla ctl region} show what is when they are done. */
class RegionCommandTest {
  @TempDir private Path folder;
  private RunningNode node;

  @BeforeEach
  void start() throws Exception {
    node = RunningNode.start(folder);
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private record Outcome(int exit, String out, String err) {
    JsonObject row(int number) {
      return new JsonArray(out).getJsonObject(number);
    }
  }

  private Outcome region(String... arguments) {
    return ctl("region", arguments);
  }

  private Outcome kv(String... arguments) {
    return ctl("kv", arguments);
  }

  private Outcome ctl(String group, String... arguments) {
    List<String> all =
        new ArrayList<>(List.of("ctl", "--pd", node.address().toString(), "--json", group));
    all.addAll(List.of(arguments));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(all.toArray(String[]::new));
    return new Outcome(exit, out.toString(), err.toString());
  }

  @Test
  void aSplitShowsBothParts() {
    Outcome split = region("split", "2", "m");
    assertThat(split.err()).isEmpty();
    assertThat(split.exit()).isZero();
    assertThat(new JsonArray(split.out())).hasSize(2);
    assertThat(split.row(0).getMap()).containsEntry("startKey", "").containsEntry("endKey", "m");
    assertThat(split.row(1).getMap()).containsEntry("startKey", "m").containsEntry("endKey", "");
    int left = split.row(0).getInteger("id");
    int right = split.row(1).getInteger("id");

    Outcome again = region("split", Integer.toString(right), "m");
    assertThat(again.exit()).isEqualTo(1);
    assertThat(again.err()).contains("region " + right + " begins at the key 'm' already");
    assertThat(region("split", Integer.toString(left), "m").err())
        .contains("region " + left + " does not have the key 'm'");
  }

  @Test
  void aScanGoesOverRegionsAsFarAsItIsTold() {
    for (String key : List.of("a", "m", "n", "z")) {
      assertThat(kv("put", key, "v").err()).isEmpty();
    }
    region("split", "2", "m");
    assertThat(keys(kv("scan"))).containsExactly("a", "m", "n", "z");
    assertThat(keys(kv("scan", "a", "n"))).containsExactly("a", "m");
    assertThat(keys(kv("scan", "a", "m"))).containsExactly("a");
  }

  private static List<String> keys(Outcome scan) {
    return new JsonArray(scan.out())
        .stream().map(row -> ((JsonObject) row).getString("key")).toList();
  }

  /** A key that is no text can be written and is shown as {@code ctl kv} does. */
  @Test
  void keysAreInHexIfAskedFor() {
    Outcome split = region("--hex", "split", "2", "FF00");
    assertThat(split.err()).isEmpty();
    assertThat(split.row(0).getMap()).containsEntry("startKey", "").containsEntry("endKey", "ff00");
    assertThat(region("list", "--hex").out()).isEqualTo(split.out());
    assertThat(region("key", "fe", "--hex").row(0)).isEqualTo(split.row(0));
    assertThat(region("key", "--hex", "ff00").row(0)).isEqualTo(split.row(1));
    assertThat(region("check", "2", "--hex").row(0).getMap()).containsEntry("startKey", "ff00");
    assertThat(region("show", "2").row(0).getMap()).containsEntry("startKey", "\\xFF\\x00");

    Outcome wrong = region("key", "--hex", "f");
    assertThat(wrong.exit()).isEqualTo(2);
    assertThat(wrong.err()).contains("'f' is not hex");
  }

  @Test
  void aComparisonTellsWhatCameOfIt() {
    Outcome first = region("check", "2");
    assertThat(first.err()).isEmpty();
    assertThat(first.exit()).isZero();
    assertThat(first.row(0).getMap())
        .containsAllEntriesOf(Map.of("id", 2, "alike", 1, "differing", 0, "silent", 0));
    Outcome second = region("check", "2");
    assertThat(second.row(0).getLong("comparedIndex"))
        .isGreaterThan(first.row(0).getLong("comparedIndex"));
    assertThat(region("check", "99").exit()).isEqualTo(1);
  }

  @Test
  void aLeaderThatLeadsAlreadyIsSeenAtOnce() {
    Outcome transferred = region("transfer-leader", "2", "1");
    assertThat(transferred.exit()).isZero();
    assertThat(transferred.row(0).getJsonObject("leader").getMap()).containsEntry("storeId", 1);
    assertThat(region("remove-peer", "2", "1").err()).contains("it is the only replica");
  }
}
