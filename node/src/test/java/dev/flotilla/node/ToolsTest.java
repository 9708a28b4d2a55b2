package dev.flotilla.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.node.ctl.ByteOutput;
import dev.flotilla.node.settings.ConfigLoader;
import dev.flotilla.security.TestAuthority;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** The tools against a real node. */
class ToolsTest {
  private static final String OTHERS = "other nodes reach it on ";

  @TempDir private static Path data;
  private static Node node;

  @BeforeAll
  static void start() throws Exception {
    node =
        Node.create(
                ConfigLoader.defaultsWith(
                    Map.of(
                        "node.cluster-id",
                        "77",
                        "storage.data-dir",
                        data.toString(),
                        "storage.reserve-bytes",
                        "0B",
                        "server.addr",
                        "127.0.0.1:0",
                        "status.addr",
                        "127.0.0.1:0",
                        "cluster.addr",
                        "127.0.0.1:0")),
                (where, fault) -> {
                  throw new AssertionError(where, fault);
                })
            .await(30, TimeUnit.SECONDS);
    node.start().await(30, TimeUnit.SECONDS);
  }

  @AfterAll
  static void stop() throws Exception {
    node.stop().await(30, TimeUnit.SECONDS);
  }

  private record Outcome(int exit, String out, String err) {}

  private static Outcome run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command = Main.commandLine();
    int exit =
        command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)).execute(args);
    return new Outcome(exit, out.toString(), err.toString());
  }

  private static Outcome ctl(String... args) {
    List<String> all = new ArrayList<>(List.of("ctl", "--pd", node.address().toString()));
    all.addAll(List.of(args));
    return run(all.toArray(String[]::new));
  }

  @Test
  void readsAndWritesKeys() {
    assertThat(ctl("kv", "get", "a")).isEqualTo(new Outcome(1, "", "flotilla: no such key\n"));
    assertThat(ctl("kv", "put", "a", "1")).isEqualTo(new Outcome(0, "", ""));
    assertThat(ctl("kv", "get", "a")).isEqualTo(new Outcome(0, "1\n", ""));
    assertThat(ctl("kv", "--hex", "put", "FF00", "0a")).isEqualTo(new Outcome(0, "", ""));
    assertThat(ctl("kv", "scan", "--limit", "1000").out()).contains("a", "\\xFF\\x00", "\\x0A");
    assertThat(ctl("kv", "delete", "a").exit()).isZero();
    assertThat(ctl("kv", "get", "a").exit()).isEqualTo(1);
  }

  @Test
  void writesAKeyForATime() {
    assertThat(ctl("kv", "put", "brief", "1", "--ttl", "1")).isEqualTo(new Outcome(0, "", ""));
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> ctl("kv", "get", "brief").err().equals("flotilla: no such key\n"));
    assertThat(ctl("kv", "put", "long", "1", "--ttl", "1000").exit()).isZero();
    assertThat(ctl("kv", "get", "long").out()).isEqualTo("1\n");
    assertThat(ctl("kv", "put", "brief", "1", "--ttl", "0").err())
        .startsWith("flotilla: option --ttl: 1 or more seconds\n");
  }

  @Test
  void scansAsFarAsItIsTold() {
    for (String key : List.of("end/1", "end/2", "end/3")) {
      ctl("kv", "put", key, "v");
    }
    assertThat(keys("kv", "scan", "end/1", "end/3")).containsExactly("end/1", "end/2");
    assertThat(keys("kv", "scan", "end/", "end0", "--limit", "1")).containsExactly("end/1");
    assertThat(keys("kv", "--hex", "scan", hex("end/2"), hex("end/3")))
        .containsExactly(hex("end/2"));
    assertThat(ctl("kv", "scan", "end/3", "end/1").err())
        .startsWith("flotilla: END must be after START\n");
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(UTF_8));
  }

  private static List<String> keys(String... scan) {
    List<String> all = new ArrayList<>(List.of("--json"));
    all.addAll(List.of(scan));
    JsonArray found = new JsonArray(ctl(all.toArray(String[]::new)).out());
    return found.stream().map(row -> ((JsonObject) row).getString("key")).toList();
  }

  /** So that {@code $(flotilla ctl kv get k)} is the value. */
  @Test
  void printsTheBytesOfAValueAsTheyAre() {
    String text = "one\n\ttwo \\\\ \u00e9";
    ctl("kv", "put", "raw\n", text);
    assertThat(ctl("kv", "get", "raw\n").out()).isEqualTo(text + "\n");
    assertThat(ctl("kv", "scan", "raw").out()).contains("raw\\x0A", "one\\x0A\\x09two");
    assertThat(ctl("--json", "kv", "get", "raw\n").out()).contains("one\\\\x0A");
    ctl("kv", "--hex", "put", "fe", "ff00fe0a");
    assertThat(ctl("kv", "--hex", "get", "fe").out()).isEqualTo("ff00fe0a\n");
    ctl("kv", "--hex", "put", HexFormat.of().formatHex("bytes".getBytes(UTF_8)), "ff00fe0a");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Main.commandLine()
        .setOut(new ByteOutput(new PrintWriter(out, false, UTF_8), out))
        .execute("ctl", "--pd", node.address().toString(), "kv", "get", "bytes");
    assertThat(out.toByteArray()).containsExactly(0xFF, 0x00, 0xFE, '\n', '\n');
  }

  @Test
  void showsTheCluster() {
    assertThat(ctl("cluster").out()).contains("77", "http://" + node.address());
    assertThat(ctl("store").out())
        .contains("Up", "5.0.0")
        .containsPattern("capacity +available +used")
        .containsPattern("[1-9][0-9.]*[KMGT]iB +[1-9][0-9.]*[KMGT]iB +[1-9][0-9.]*[KMGT]iB");
    JsonObject store = new JsonArray(ctl("--json", "store").out()).getJsonObject(0);
    for (String size : List.of("capacity", "available", "used")) {
      assertThat(store.getLong(size)).as("bytes of %s", size).isPositive();
    }
    assertThat(ctl("store", "9").err()).isEqualTo("flotilla: there is no store 9\n");
    JsonArray regions = new JsonArray(ctl("--json", "region").out());
    assertThat(regions).hasSize(1);
    assertThat(regions.getJsonObject(0).getMap()).containsEntry("id", 2);
    assertThat(ctl("region", "2").exit()).isZero();
    assertThat(ctl("region", "key", "x").exit()).isZero();
    assertThat(ctl("region", "99").err()).isEqualTo("flotilla: there is no region 99\n");
  }

  @Test
  void saysWhyAStoreCannotBeEmptied() {
    Outcome drained = ctl("--json", "store", "drain", "1");
    assertThat(drained.exit()).isZero();
    assertThat(drained.err()).contains("store 1 will not be empty as things are now: no other");
    assertThat(new JsonArray(drained.out()).getJsonObject(0).getMap())
        .containsEntry("regions", 1)
        .containsEntry("leaders", 1);
    assertThat(ctl("store", "list").out()).contains("no other store can take its replica of");
    assertThat(ctl("store", "undrain", "1").err()).isEmpty();
    assertThat(ctl("store", "list", "--all").out()).contains("reason").doesNotContain("take");
    assertThat(ctl("store", "remove-tombstones")).isEqualTo(new Outcome(0, "", ""));
    assertThat(ctl("store", "drain", "99").exit()).isEqualTo(1);
  }

  @Test
  void showsPlugins() {
    assertThat(ctl("plugin").out()).contains("plugin", "split");
    JsonArray shown = new JsonArray(ctl("--json", "plugin", "--store", "1").out());
    assertThat(shown.getJsonObject(0).getMap()).containsEntry("store", 1).containsKey("hooks");
    assertThat(ctl("plugin", "--store", "99"))
        .isEqualTo(new Outcome(1, "", "flotilla: there is no store 99\n"));
  }

  /** A check is two entries of the region's log: compute the hash, then compare it. */
  @Test
  void comparesReplicas() {
    assertThat(ctl("region", "check", "99").err()).contains("there is no region 99");
    long before = appliedIndex();
    assertThat(ctl("region", "check", "2").exit()).isZero();
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> appliedIndex() >= before + 2);
  }

  private static long appliedIndex() {
    URI region = URI.create("http://" + node.statusAddress().orElseThrow() + "/region/2");
    try (InputStream body = region.toURL().openStream()) {
      String text = new String(body.readAllBytes(), UTF_8);
      return new JsonObject(text).getLong("appliedIndex");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void saysWhenNobodyAnswers() {
    Outcome outcome = run("ctl", "--pd", "127.0.0.1:1", "--timeout", "5", "cluster");
    assertThat(outcome.exit()).isEqualTo(3);
    assertThat(run("ctl", "--pd", "127.0.0.1:1", "kv", "get", "k").exit()).isEqualTo(3);
    assertThat(run("ctl", "--pd", "127.0.0.1:1", "kv", "put", "k", "v").exit()).isEqualTo(3);
    assertThat(ctl("region", "check", "99").exit()).isEqualTo(1);
    assertThat(ctl("region", "remove-peer", "2", "1").exit()).isEqualTo(1);
    assertThat(ctl("store", "drain", "99").exit()).isEqualTo(1);
    assertThat(outcome.err()).startsWith("flotilla: no placement driver answers on 127.0.0.1:1");
    assertThat(run("ctl", "--pd", "nowhere", "cluster").exit()).isEqualTo(2);
  }

  /** Names of classes have at least two dots between letters. */
  private static void assertInWords(Outcome outcome) {
    assertInWords(outcome, 3);
  }

  private static void assertInWords(Outcome outcome, int exit) {
    assertThat(outcome.exit()).isEqualTo(exit);
    assertThat(outcome.out() + outcome.err())
        .doesNotContainPattern("[a-z]\\.[a-z]+\\.[a-zA-Z]|Exception");
  }

  @Test
  void saysInWordsWhatIsWrongWithAnAddress() {
    Outcome nobody = run("ctl", "--pd", "127.0.0.1:1", "cluster");
    assertInWords(nobody);
    assertThat(nobody.err()).containsIgnoringCase("connection refused");
    Outcome noHost = run("ctl", "--pd", "nowhere.invalid:1", "cluster");
    assertInWords(new Outcome(noHost.exit(), "", noHost.err().replace("nowhere.invalid", "")));
    String http = node.statusAddress().orElseThrow().toString();
    Outcome status = run("ctl", "--pd", http, "cluster");
    assertInWords(status);
    assertThat(status.err()).contains(http, "it is no port for clients");
    String others =
        node.description().stream()
            .filter(line -> line.startsWith(OTHERS))
            .findFirst()
            .orElseThrow()
            .substring(OTHERS.length());
    Outcome cluster = run("ctl", "--pd", others, "--timeout", "1", "cluster");
    assertInWords(cluster);
    assertThat(cluster.err()).contains(others, "no word within 1000 ms", "port for clients?");
  }

  @Test
  void saysThatTheNodeDoesNotEncrypt(@TempDir Path folder) throws Exception {
    List<String> command = new ArrayList<>(List.of("ctl"));
    command.addAll(TestAuthority.in(folder).sign("client").toolOptions());
    command.addAll(List.of("--pd", node.address().toString(), "cluster"));
    Outcome outcome = run(command.toArray(String[]::new));
    assertInWords(outcome);
    assertThat(outcome.err()).contains("it does not encrypt; ask without --cacert");
  }

  @Test
  void leavesTheLogOfItsConnectionsOut() {
    ctl("cluster");
    assertThat(LoggerFactory.getLogger("io.vertx.core").isErrorEnabled()).isFalse();
  }

  @Test
  void refusesNumbersThatMakeNoSense() {
    for (String limit : new String[] {"-1", "0", "10241"}) {
      Outcome outcome = ctl("kv", "scan", "--limit", limit);
      assertThat(outcome.exit()).isEqualTo(2);
      assertThat(outcome.err()).startsWith("flotilla: option --limit: 1 to 10240\n");
    }
    for (String seconds : new String[] {"-1", "0", "86401"}) {
      Outcome outcome = ctl("--timeout", seconds, "cluster");
      assertThat(outcome.exit()).isEqualTo(2);
      assertThat(outcome.err()).startsWith("flotilla: option --timeout: 1 to 86400 seconds\n");
    }
  }

  @Test
  void tellsWhatTheNodeSaysOfALoadItRefuses() {
    Outcome outcome =
        run(
            "bench",
            "--pd",
            node.address().toString(),
            "--value-size",
            "20000000",
            "--in-flight",
            "1",
            "--seconds",
            "1",
            "--warm-up",
            "0");
    assertInWords(new Outcome(outcome.exit(), "", outcome.err()), 1);
    assertThat(outcome.out())
        .containsPattern(
            "an error: message is too large: 200000[0-9]+ bytes, more than server.message-bytes-max");
  }

  @ParameterizedTest
  @ValueSource(strings = {"put", "get", "scan", "A", "E", "echo"})
  void putsLoad(String workload) {
    putsLoad(workload, List.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"put", "E"})
  void putsLoadInBatches(String workload) {
    putsLoad(workload, List.of("--batch"));
  }

  private static void putsLoad(String workload, List<String> more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "bench",
                "--pd",
                node.address().toString(),
                "--status",
                node.statusAddress().orElseThrow().toString(),
                "--workload",
                workload,
                "--keys",
                "200",
                "--in-flight",
                "10",
                "--connections",
                "3",
                "--seconds",
                "1",
                "--warm-up",
                "0",
                "--json"));
    command.addAll(more);
    Outcome outcome = run(command.toArray(String[]::new));
    assertThat(outcome.exit()).as(outcome::err).isZero();
    JsonObject result = new JsonObject(outcome.out());
    assertThat(result.getDouble("ops_per_second")).isPositive();
    assertThat(result.getLong("errors")).isZero();
    assertThat(result.getDouble("p50_ms")).isPositive();
    if (workload.equals("put")) {
      assertThat(result.getDouble("puts_per_fsync")).isPositive();
    }
  }

  @Test
  void hasYardsticks(@TempDir Path folder) {
    Outcome outcome =
        run(
            "bench",
            "--echo",
            "--baseline",
            folder.toString(),
            "--in-flight",
            "4",
            "--seconds",
            "1",
            "--warm-up",
            "0");
    assertThat(outcome.exit()).as(outcome::err).isZero();
    assertThat(outcome.out()).contains("synced RocksDB put at 4", "echo at 4", " 0 errors");
    assertThat(folder).isEmptyDirectory();
  }
}
