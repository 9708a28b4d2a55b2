package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.flotilla.node.settings.ConfigLoader;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class StatusPortTest {
  @TempDir private static Path data;

  private static final Map<String, Object> PEER = Map.of("id", 3, "storeId", 1);
  private static final HttpClient HTTP = HttpClient.newHttpClient();
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
    try (TestClient client = TestClient.connect(node.address().toString())) {
      client.raw().put(TestClient.bytes("k"), TestClient.bytes("v"));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    node.stop().await(30, TimeUnit.SECONDS);
  }

  private static HttpResponse<String> send(String method, String path) throws Exception {
    URI uri = URI.create("http://" + node.statusAddress().orElseThrow() + path);
    return HTTP.send(
        HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody()).build(),
        BodyHandlers.ofString());
  }

  private static String get(String path) throws Exception {
    HttpResponse<String> response = send("GET", path);
    assertThat(response.statusCode()).as(response::body).isEqualTo(200);
    return response.body();
  }

  /** The registry would say so: the first time as a warning, then to who debugs. */
  @Test
  void nothingIsRegisteredAgainByWhoeverAsksAgain() throws Exception {
    Logger log = (Logger) LoggerFactory.getLogger("io.micrometer");
    ListAppender<ILoggingEvent> events = new ListAppender<>();
    events.start();
    log.addAppender(events);
    log.setLevel(Level.DEBUG);
    try {
      get("/metrics");
      assertThat(get("/metrics")).contains("flotilla_coprocessor_calls_total");
    } finally {
      log.detachAppender(events);
      log.setLevel(null);
    }
    assertThat(events.list)
        .filteredOn(event -> event.getFormattedMessage().contains("already registered"))
        .isEmpty();
  }

  @Test
  void status() throws Exception {
    assertThat(new JsonObject(get("/status")).getMap())
        .containsEntry("clusterId", "77")
        .containsEntry("storeId", 1)
        .containsEntry("serving", true)
        .containsEntry("regions", 1)
        .containsEntry("leaders", 1)
        .containsEntry("address", node.address().toString());
  }

  @Test
  void ready() throws Exception {
    assertThat(new JsonObject(get("/ready")).getBoolean("ready")).isTrue();
  }

  @Test
  void config() throws Exception {
    JsonObject config = new JsonObject(get("/config"));
    assertThat(config.getJsonObject("raftstore").getString("base-tick")).isEqualTo("100ms");
    assertThat(config.getJsonObject("storage").getMap())
        .containsEntry("api-version", 1)
        .containsEntry("enable-ttl", true)
        .containsEntry("data-dir", data.toString());
  }

  @Test
  void region() throws Exception {
    JsonObject region = new JsonObject(get("/region/2"));
    assertThat(region.getMap())
        .containsEntry("id", 2)
        .containsEntry("peerId", 3)
        .containsEntry("leading", true)
        .containsEntry("serving", true)
        .containsEntry("startKey", "");
    assertThat(region.getJsonObject("leader").getMap()).containsExactlyInAnyOrderEntriesOf(PEER);
    assertThat(region.getJsonArray("peers").getJsonObject(0).getMap())
        .containsExactlyInAnyOrderEntriesOf(PEER);
    assertThat(region.getJsonObject("epoch").getMap())
        .containsExactlyInAnyOrderEntriesOf(Map.of("confVer", 1, "version", 1));
  }

  /** What both tell of a region has one name, and is told alike. */
  @Test
  void regionIsAsTheToolTellsIt() throws Exception {
    StringWriter out = new StringWriter();
    Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .execute("ctl", "--pd", node.address().toString(), "--json", "region", "show", "2");
    Map<String, Object> told = new JsonArray(out.toString()).getJsonObject(0).getMap();
    Map<String, Object> page = new JsonObject(get("/region/2")).getMap();
    assertThat(page).containsAllEntriesOf(told);
  }

  @Test
  void coprocessors() throws Exception {
    JsonArray all = new JsonArray(get("/coprocessors"));
    assertThat(all).hasSize(1);
    assertThat(all.getJsonObject(0).getString("class")).endsWith("SplitObserver");
    assertThat(all.getJsonObject(0).getString("state")).isEqualTo("active");
  }

  /** As load balancers ask. */
  @ParameterizedTest
  @CsvSource({"/ready, 200", "/, 200", "/config, 200", "/region/99, 404", "/x, 404"})
  void answersHeadAsGetWithoutABody(String path, int status) throws Exception {
    HttpResponse<String> head = send("HEAD", path);
    HttpResponse<String> get = send("GET", path);
    assertThat(head.statusCode()).isEqualTo(status);
    assertThat(head.body()).isEmpty();
    for (String header : new String[] {"Content-Type", "Content-Length", "Cache-Control"}) {
      assertThat(head.headers().firstValue(header))
          .isPresent()
          .isEqualTo(get.headers().firstValue(header));
    }
  }

  @ParameterizedTest
  @CsvSource({"GET, /region/99, 404", "GET, /region/x, 400", "GET, /x, 404", "POST, /status, 405"})
  void refuses(String method, String path, int status) throws Exception {
    HttpResponse<String> response = send(method, path);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(new JsonObject(response.body()).getString("error")).isNotBlank();
  }

  @Test
  void metrics() throws Exception {
    assertThat(get("/metrics").lines())
        .contains("flotilla_store_regions 1.0", "flotilla_store_leaders 1.0")
        .anyMatch(line -> line.startsWith("flotilla_raft_log_syncs_total "))
        .anyMatch(line -> line.startsWith("flotilla_raft_log_sync_seconds_bucket{le=\"0.5\"} "))
        .doesNotContain("flotilla_raft_log_sync_seconds_count 0")
        .anyMatch(line -> line.startsWith("flotilla_store_queue "))
        .contains("flotilla_store_disk_usage 0.0")
        .anyMatch(line -> line.startsWith("flotilla_rocksdb_estimate_num_keys{db=\"kv\"} "))
        .contains(
            "flotilla_coprocessor_calls_total"
                + "{class=\"dev.flotilla.coprocessor.SplitObserver\",plugin=\"flotilla.split\"} 0.0")
        .anyMatch(line -> line.startsWith("jvm_memory_used_bytes{"))
        .anyMatch(line -> line.startsWith("process_files_open_files "))
        .contains(
            "flotilla_grpc_calls_seconds_count"
                + "{method=\"tikvpb.Tikv/RawPut\",outcome=\"ok\"} 1");
  }
}
