package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flotilla.client.StatusPages;
import dev.flotilla.config.HostPort;
import dev.flotilla.security.TestAuthority;
import dev.flotilla.security.TestAuthority.Holder;
import io.vertx.core.json.JsonArray;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tikv.common.TiConfiguration;
import org.tikv.common.TiSession;
import picocli.CommandLine;

/** A node of which every connection is encrypted, and those who may and may not talk to it. */
class SecureNodeTest {
  private static final String OTHERS = "other nodes reach it on ";

  @TempDir private static Path folder;
  private static TestAuthority authority;
  private static Holder files;
  private static Holder client;
  private static Holder unwanted;
  private static Holder stranger;
  private static Node node;

  @BeforeAll
  static void start() throws Exception {
    authority = TestAuthority.in(folder.resolve("pki"));
    files = authority.sign("node");
    client = authority.sign("client");
    unwanted = authority.sign("unwanted", Duration.ofDays(1), builder -> builder);
    stranger = TestAuthority.in(folder.resolve("strangers")).sign("client");
    node =
        Node.create(
                RunningNode.onFreePort(
                    folder.resolve("data"),
                    Map.of(
                        "security.ca-path", files.ca().toString(),
                        "security.cert-path", files.cert().toString(),
                        "security.key-path", files.key().toString(),
                        "security.cert-allowed-cn", "node,client")),
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

  private static List<HostPort> ports() {
    String others =
        node.description().stream()
            .filter(line -> line.startsWith(OTHERS))
            .findFirst()
            .orElseThrow()
            .substring(OTHERS.length());
    return List.of(node.address(), node.statusAddress().orElseThrow(), HostPort.parse(others));
  }

  private record Outcome(int exit, String out, String err) {}

  private static Outcome run(String command, List<String> tls, String... args) {
    List<String> all = new ArrayList<>(List.of(command, "--pd", node.address().toString()));
    all.addAll(tls);
    all.addAll(List.of(args));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine();
    int exit =
        line.setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(all.toArray(String[]::new));
    return new Outcome(exit, out.toString(), err.toString());
  }

  @Test
  void servesTheClientOfTiKV() throws Exception {
    TiConfiguration config = TiConfiguration.createRawDefault(node.address().toString());
    config.setTlsEnable(true);
    config.setTrustCertCollectionFile(client.ca().toString());
    config.setKeyCertChainFile(client.cert().toString());
    config.setKeyFile(client.key().toString());
    TiSession session = TiSession.create(config);
    try (TestClient connected = new TestClient(session, session.createRawClient())) {
      connected.raw().put(TestClient.bytes("tikv"), TestClient.bytes("1"));
      assertThat(connected.raw().get(TestClient.bytes("tikv")))
          .isEqualTo(Optional.of(TestClient.bytes("1")));
    }
  }

  @Test
  void servesTools() {
    List<String> tls = client.toolOptions();
    assertThat(run("ctl", tls, "kv", "put", "a", "1")).isEqualTo(new Outcome(0, "", ""));
    assertThat(run("ctl", tls, "kv", "get", "a").out()).isEqualTo("1\n");
    assertThat(run("ctl", tls, "region", "key", "a").exit()).isZero();
    for (List<String> command :
        List.of(List.of("region"), List.of("region", "key", "a"), List.of("kv", "get", "a"))) {
      List<String> after = new ArrayList<>(command);
      after.addAll(tls);
      assertThat(run("ctl", List.of(), after.toArray(String[]::new)).exit())
          .as("%s", command)
          .isZero();
    }
    assertThat(run("ctl", tls.subList(0, 2), "cluster").err())
        .contains("--cacert, --cert and --key go together");
    assertThat(run("ctl", tls, "cluster").out()).contains("https://" + node.address());
    assertThat(new JsonArray(run("ctl", tls, "--json", "plugin").out())).isNotEmpty();
    Outcome load =
        run(
            "bench",
            tls,
            "--status",
            node.statusAddress().orElseThrow().toString(),
            "--seconds",
            "1",
            "--warm-up",
            "0",
            "--in-flight",
            "4");
    assertThat(load.exit()).as(load::err).isZero();
    assertThat(load.out()).contains(" 0 errors").contains("fsync");
  }

  @Test
  void tellsWhenItsCertificateExpires() throws Exception {
    String page =
        new StatusPages(Optional.of(client.credentials()))
            .read(node.statusAddress().orElseThrow().toString(), "/metrics");
    double expiry =
        page.lines()
            .filter(line -> line.startsWith("flotilla_certificate_expiry_seconds "))
            .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
            .findFirst()
            .orElseThrow();
    assertThat(Instant.ofEpochSecond((long) expiry))
        .isBetween(Instant.now(), Instant.now().plus(Duration.ofDays(1)));
  }

  @Test
  void turnsToolsAwayThatShowNothingOrSomethingElse() {
    for (List<String> tls :
        List.of(List.<String>of(), stranger.toolOptions(), unwanted.toolOptions())) {
      Outcome refused = run("ctl", tls, "--timeout", "5", "kv", "get", "a");
      assertThat(refused.exit()).as(refused::out).isEqualTo(3);
      assertThat(refused.err()).contains("no placement driver answers").doesNotContain("Exception");
    }
    assertThat(run("ctl", List.of(), "cluster").err())
        .contains("a node with certificates wants --cacert, --cert and --key");
    Outcome missing =
        run("ctl", List.of("--cacert", "none", "--cert", "none", "--key", "none"), "cluster");
    assertThat(missing.exit()).isEqualTo(2);
    assertThat(missing.err()).startsWith("flotilla: cannot read none");
  }

  @Test
  void everyPortWantsACertificateThatItBelieves() throws Exception {
    for (HostPort port : ports()) {
      assertThat(PortProbe.refusesPlaintext(port)).as("plaintext to %s", port).isTrue();
      assertThat(PortProbe.refusesNobody(port)).as("no certificate to %s", port).isTrue();
      assertThat(PortProbe.refuses(port, unwanted)).as("unwanted name to %s", port).isTrue();
      assertThat(PortProbe.refuses(port, stranger)).as("stranger to %s", port).isTrue();
      assertThat(PortProbe.certificate(port, client)).as("%s", port).isNotNull();
    }
  }

  @Test
  void replacedFilesAreUsedWithoutARestart() throws Exception {
    Holder next = authority.sign("node");
    BigInteger old = PortProbe.certificate(node.address(), client).getSerialNumber();
    files.become(next);
    for (HostPort port : ports()) {
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> !PortProbe.certificate(port, client).getSerialNumber().equals(old));
    }
    assertThat(run("ctl", client.toolOptions(), "cluster").exit()).isZero();
  }
}
