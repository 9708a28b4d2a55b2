package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Three processes, one cluster, and TiKV's client, which does not know what happens to them. */
class ClusterTest {
  /** Long past every timeout: when it goes on, it knows nothing of what has happened. */
  private static final Duration STANDSTILL = Duration.ofSeconds(30);

  @TempDir private Path folder;
  private final Map<String, String> written = new TreeMap<>();
  private ClusterUnderTest cluster;

  /** What the nodes had to say tells why a client could not carry on. */
  @RegisterExtension
  private final AfterTestExecutionCallback story =
      context -> context.getExecutionException().ifPresent(failure -> cluster.printOutput());

  @BeforeEach
  void open() {
    cluster = new ClusterUnderTest(folder);
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  /**
   * The client gives a node one second to say who drives placement; a busy machine may need two.
   */
  private TestClient connect(int node) throws Exception {
    String address = cluster.node(node).address();
    return patiently().until(() -> TestClient.connect(address), Objects::nonNull);
  }

  private static ConditionFactory patiently() {
    return await().pollDelay(Duration.ZERO).atMost(ClusterUnderTest.PATIENCE).ignoreExceptions();
  }

  /** Puts keys, each of which must then be read at once: what is read is never old. */
  private void put(TestClient client, int count) {
    int from = written.size();
    for (int i = from; i < from + count; i++) {
      String key = String.format("key-%04d", i);
      String value = "value-" + i;
      // The client itself tries for two seconds, which a busy machine may take for an election.
      patiently()
          .until(
              () -> {
                client.raw().put(TestClient.bytes(key), TestClient.bytes(value));
                return true;
              });
      written.put(key, value);
      check(client, key, value);
    }
  }

  private void checkAll(TestClient client) {
    written.forEach((key, value) -> check(client, key, value));
  }

  /** An error may be followed by another try, a wrong answer may not. */
  private static void check(TestClient client, String key, String value) {
    Object answer =
        patiently().until(() -> client.raw().get(TestClient.bytes(key)), Objects::nonNull);
    assertThat(answer).as(key).isEqualTo(Optional.of(TestClient.bytes(value)));
  }

  @Test
  void clientCarriesOnWhenLeadersAreKilledStandStillAndAreStopped() throws Exception {
    cluster.start(1);
    cluster.start(2, "--join", cluster.clusterAddress(1));
    cluster.start(3, "--join", cluster.clusterAddress(1));
    cluster.awaitThreeVoters();

    int killed = cluster.leader();
    try (TestClient client = connect(killed % 3 + 1)) {
      put(client, 50);
      cluster.kill(killed);
      put(client, 50);
      checkAll(client);
    }

    // It knows the others from its folder, and comes back as the store it was.
    cluster.start(killed);
    cluster.awaitThreeVoters();
    assertThat(cluster.region(0).getRegion().getRegionEpoch().getConfVer())
        .as("nobody was replaced")
        .isEqualTo(5);

    int frozen = cluster.leader();
    try (TestClient client = connect(frozen % 3 + 1)) {
      cluster.node(frozen).freeze();
      long frozenAt = System.nanoTime();
      do {
        put(client, 50);
      } while (System.nanoTime() - frozenAt < STANDSTILL.toNanos());
      cluster.node(frozen).thaw();
      put(client, 50);
      checkAll(client);
    }
  }

  @Test
  void clientCarriesOnWhenAllNodesAreRestartedOneByOne() throws Exception {
    cluster.start(1);
    cluster.start(2, "--join", cluster.clusterAddress(1));
    cluster.start(3, "--join", cluster.clusterAddress(1));
    cluster.awaitThreeVoters();
    try (TestClient client = connect(1)) {
      for (int node = 1; node <= 3; node++) {
        put(client, 20);
        cluster.node(node).terminate();
        assertThat(cluster.taken(node).exitStatus()).isZero();
        put(client, 20);
        cluster.start(node);
      }
      put(client, 20);
      checkAll(client);
    }
  }

  @Test
  void nodesThatComeBackAtOtherAddressesAreFound() throws Exception {
    cluster.start(1);
    cluster.start(2, "--join", cluster.clusterAddress(1));
    cluster.start(3, "--join", cluster.clusterAddress(1));
    cluster.awaitThreeVoters();
    for (int node = 1; node <= 3; node++) {
      cluster.kill(node);
      cluster.move(node);
      cluster.start(node);
      // Two of three serve without the third, which then need not have heard of the move yet.
      cluster.awaitRemembered(node);
    }
    try (TestClient client = connect(1)) {
      put(client, 20);
      cluster.kill(2);
      put(client, 20);
      checkAll(client);
    }
  }

  @Test
  void wipedFounderDoesNotFoundASecondCluster() throws Exception {
    cluster.start(1);
    cluster.start(2, "--join", cluster.clusterAddress(1));
    cluster.kill(1);
    NodeUnderTest wiped =
        NodeUnderTest.start(
            folder.resolve("wiped"),
            "--cluster-addr",
            cluster.clusterAddress(1),
            "--join",
            cluster.clusterAddress(2),
            "--set",
            "cluster.bootstrap=true");
    assertThat(wiped.exitStatus()).isEqualTo(2);
    assertThat(String.join("\n", wiped.output())).contains("already: to join it as a new store");
  }
}
