package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flotilla.client.ClusterClient;
import dev.flotilla.config.HostPort;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.pdpb.GetRegionResponse;
import dev.flotilla.raftstore.store.Bootstrap;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three processes, one cluster, and a client that does not know what happens to them. */
class ClusterTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String OTHERS_REACH_IT = "other nodes reach it on ";

  @TempDir private Path folder;
  private final Map<Integer, NodeUnderTest> nodes = new TreeMap<>();
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void stop() throws Exception {
    nodes.values().forEach(NodeUnderTest::close);
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private void start(int node, String... options) throws Exception {
    NodeUnderTest started = NodeUnderTest.start(folder.resolve("node-" + node), options);
    nodes.put(node, started);
    started.address();
  }

  private NodeUnderTest node(int number) {
    return Objects.requireNonNull(nodes.get(number));
  }

  /** A node that is about to end. */
  private NodeUnderTest taken(int number) {
    return Objects.requireNonNull(nodes.remove(number));
  }

  private String clusterAddress(int node) {
    return node(node).output().stream()
        .filter(line -> line.startsWith(OTHERS_REACH_IT))
        .findFirst()
        .orElseThrow()
        .substring(OTHERS_REACH_IT.length());
  }

  private List<HostPort> addresses() throws Exception {
    List<HostPort> addresses = new ArrayList<>();
    for (NodeUnderTest node : nodes.values()) {
      addresses.add(HostPort.parse(node.address()));
    }
    return addresses;
  }

  /** The users' region as the driver knows it. */
  private GetRegionResponse region() throws Exception {
    ClusterClient client =
        ClusterClient.connect(vertx, addresses(), Duration.ofSeconds(10))
            .await(30, TimeUnit.SECONDS);
    try {
      return client.placement().region(Bootstrap.USER_REGION_ID).await(10, TimeUnit.SECONDS);
    } finally {
      client.close().await(10, TimeUnit.SECONDS);
    }
  }

  private boolean hasThreeVoters() {
    try {
      return region().getRegion().getPeersList().stream()
              .filter(peer -> peer.getRole() == PeerRole.Voter)
              .count()
          == 3;
    } catch (Exception notYet) {
      return false;
    }
  }

  /** The node whose store leads the users' region. */
  private int leader() throws Exception {
    long storeId = region().getLeader().getStoreId();
    for (Map.Entry<Integer, NodeUnderTest> node : nodes.entrySet()) {
      ClusterClient client =
          ClusterClient.connect(
                  vertx, List.of(HostPort.parse(node.getValue().address())), Duration.ofSeconds(10))
              .await(30, TimeUnit.SECONDS);
      try {
        String address = client.placement().store(storeId).await(10, TimeUnit.SECONDS).getAddress();
        if (address.equals(node.getValue().address())) {
          return node.getKey();
        }
      } finally {
        client.close().await(10, TimeUnit.SECONDS);
      }
    }
    throw new AssertionError("store " + storeId + " is none of the nodes");
  }

  /**
   * The client gives a node one second to say who drives placement; a busy machine may need two.
   */
  private TestClient connect(int node) throws Exception {
    String address = node(node).address();
    return await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> TestClient.connect(address), Objects::nonNull);
  }

  private static void put(TestClient client, Map<String, String> written, int from, int to) {
    for (int i = from; i < to; i++) {
      String key = String.format("key-%04d", i);
      String value = "value-" + i;
      // The client itself tries for two seconds, which a busy machine may take for an election.
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(
              () -> {
                client.raw().put(TestClient.bytes(key), TestClient.bytes(value));
                return true;
              });
      written.put(key, value);
    }
  }

  private static void checkAll(TestClient client, Map<String, String> written) {
    written.forEach(
        (key, value) ->
            await()
                .atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(
                    () ->
                        assertThat(client.raw().get(TestClient.bytes(key)))
                            .as(key)
                            .hasValue(TestClient.bytes(value))));
  }

  @Test
  void clientCarriesOnWhenLeadersAreKilledAndStopped() throws Exception {
    start(1);
    start(2, "--join", clusterAddress(1));
    start(3, "--join", clusterAddress(1));
    await().atMost(PATIENCE).until(this::hasThreeVoters);
    Map<String, String> written = new TreeMap<>();

    int killed = leader();
    try (TestClient client = connect(killed % 3 + 1)) {
      put(client, written, 0, 50);
      node(killed).kill();
      taken(killed).exitStatus();
      put(client, written, 50, 100);
      checkAll(client, written);
    }

    // It knows the others from its folder, and comes back as the store it was.
    start(killed);
    await().atMost(PATIENCE).until(this::hasThreeVoters);
    assertThat(region().getRegion().getRegionEpoch().getConfVer())
        .as("nobody was replaced")
        .isEqualTo(5);

    int stopped = leader();
    try (TestClient client = connect(stopped % 3 + 1)) {
      node(stopped).terminate();
      assertThat(taken(stopped).exitStatus()).isZero();
      put(client, written, 100, 120);
      checkAll(client, written);
    }
  }

  @Test
  void wipedFounderDoesNotFoundASecondCluster() throws Exception {
    start(1);
    start(2, "--join", clusterAddress(1));
    String founder = clusterAddress(1);
    node(1).kill();
    taken(1).exitStatus();
    NodeUnderTest wiped =
        NodeUnderTest.start(
            folder.resolve("wiped"),
            "--cluster-addr",
            founder,
            "--join",
            clusterAddress(2),
            "--set",
            "cluster.bootstrap=true");
    nodes.put(1, wiped);
    assertThat(wiped.exitStatus()).isEqualTo(2);
    assertThat(String.join("\n", wiped.output())).contains("already: to join it as a new store");
  }
}
