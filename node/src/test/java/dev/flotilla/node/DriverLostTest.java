package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.flotilla.client.ClusterClient;
import dev.flotilla.config.HostPort;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.raftstore.store.Bootstrap;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Tools whose only known node, which drives placement and leads the users' region, is killed. */
class DriverLostTest {
  private static final Pattern SECOND = Pattern.compile("put \\d+s: (\\d+) ops/s, .*");

  @TempDir private Path folder;
  private ClusterUnderTest cluster;
  private int driver;
  private HostPort address;

  @BeforeEach
  void open() throws Exception {
    cluster = ClusterUnderTest.of(folder, 3);
    driver = cluster.driver();
    address = HostPort.parse(cluster.node(driver).address());
    await("leadership of all")
        .atMost(ClusterUnderTest.PATIENCE)
        .ignoreExceptions()
        .until(this::leadsAll);
  }

  @AfterEach
  void close() throws Exception {
    cluster.close();
  }

  /** Asks for it, as long as it is not so. */
  private boolean leadsAll() throws Exception {
    if (cluster.leader() == driver) {
      return true;
    }
    Store store =
        cluster.records().stream()
            .filter(record -> record.getAddress().equals(address.toString()))
            .findFirst()
            .orElseThrow();
    run(
        "ctl",
        "--pd",
        address.toString(),
        "region",
        "transfer-leader",
        Long.toString(Bootstrap.USER_REGION_ID),
        Long.toString(store.getId()));
    return false;
  }

  private static int run(String... args) {
    CommandLine line = Main.commandLine();
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    return line.setOut(nowhere).setErr(nowhere).execute(args);
  }

  @Test
  void clientFindsAnother() throws Exception {
    ClusterClient client = cluster.connect(List.of(address));
    ByteString key = ByteString.copyFromUtf8("key");
    // Each call is one attempt, and leadership has only just been handed over.
    await("a put")
        .atMost(ClusterUnderTest.PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              client.put(key, key).await(10, TimeUnit.SECONDS);
              return true;
            });
    cluster.kill(driver);
    await("a client that knew one node")
        .atMost(ClusterUnderTest.PATIENCE)
        .ignoreExceptions()
        .until(() -> client.get(key).await(10, TimeUnit.SECONDS), Optional.of(key)::equals);
    assertThat(client.placement().stores().await(10, TimeUnit.SECONDS)).hasSize(3);
    client.close().await(10, TimeUnit.SECONDS);

    String alive = cluster.node(cluster.nodes().get(0)).address();
    await("a list that begins with one that is gone")
        .atMost(ClusterUnderTest.PATIENCE)
        .until(
            () ->
                run(
                    "bench",
                    "--pd",
                    address + "," + alive,
                    "--seconds",
                    "1",
                    "--warm-up",
                    "0",
                    "--in-flight",
                    "4"),
            status -> status == 0);
  }

  @Test
  void loadGoesOn() throws Exception {
    try (NodeUnderTest bench =
        NodeUnderTest.run(
            List.of(
                "bench",
                "--pd",
                address.toString(),
                "--seconds",
                "3600",
                "--warm-up",
                "0",
                "--in-flight",
                "4"))) {
      awaitPuts(bench, 0);
      cluster.kill(driver);
      // The second in which it was killed may have begun well.
      awaitPuts(bench, bench.output().size() + 1);
    }
  }

  private static void awaitPuts(NodeUnderTest bench, int afterLines) {
    await("puts")
        .atMost(ClusterUnderTest.PATIENCE)
        .until(
            () -> bench.output().stream().skip(afterLines).anyMatch(DriverLostTest::tellsOfPuts));
  }

  private static boolean tellsOfPuts(String line) {
    Matcher second = SECOND.matcher(line);
    return second.matches() && Long.parseLong(second.group(1)) > 0;
  }
}
