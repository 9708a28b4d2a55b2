package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.ValueCodec;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.engine.rocks.RocksEngines;
import dev.flotilla.engine.rocks.RocksSettings;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.raftstore.store.Bootstrap;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A value is changed in the files of a node, with a checksum that fits: three processes. */
class DivergenceTest {
  private static final byte[] KEY = "key-0000".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path folder;

  @Test
  void theReplicaThatIsWrongIsReplacedAndItsNodeGoesOn() throws Exception {
    try (ClusterUnderTest cluster = new ClusterUnderTest(folder)) {
      start(cluster, 1);
      start(cluster, 2, "--join", cluster.clusterAddress(1));
      start(cluster, 3, "--join", cluster.clusterAddress(1));
      cluster.awaitThreeVoters();
      int victim = cluster.leader() % 3 + 1;
      try (TestClient client = connect(cluster, victim)) {
        for (int i = 0; i < 50; i++) {
          client.raw().put(TestClient.bytes("key-%04d".formatted(i)), TestClient.bytes("right"));
        }
      }
      List<Peer> before = cluster.region(0).getRegion().getPeersList();
      cluster.node(victim).terminate();
      assertThat(cluster.taken(victim).exitStatus()).isZero();
      rot(folder.resolve("node-" + victim));
      start(cluster, victim);

      await()
          .atMost(ClusterUnderTest.PATIENCE)
          .ignoreExceptions()
          .until(() -> !before.containsAll(cluster.region(0).getRegion().getPeersList()));
      cluster.awaitThreeVoters();
      List<Peer> after = cluster.region(0).getRegion().getPeersList();
      assertThat(after).filteredOn(before::contains).hasSize(2);
      Peer wrong = before.stream().filter(peer -> !after.contains(peer)).findAny().orElseThrow();

      assertThat(cluster.node(victim).output())
          .as("what the node said")
          .anyMatch(
              line ->
                  line.contains("replicas of region " + Bootstrap.USER_REGION_ID)
                      && line.contains("differ as of index")
                      && line.contains("on store " + wrong.getStoreId()));
      Path kept =
          folder
              .resolve("node-" + victim)
              .resolve("quarantine")
              .resolve("region-" + Bootstrap.USER_REGION_ID + "-peer-" + wrong.getId());
      assertThat(Files.readString(kept.resolve("verdict.txt"))).contains("the majority has");
      assertThat(kept.resolve("default.sst")).isNotEmptyFile();
      try (TestClient client = connect(cluster, victim)) {
        assertThat(client.raw().get(TestClient.bytes("key-0000")))
            .isEqualTo(Optional.of(TestClient.bytes("right")));
      }
    }
  }

  private static void start(ClusterUnderTest cluster, int node, String... more) throws Exception {
    List<String> options = new ArrayList<>(List.of(more));
    options.addAll(List.of("--set", "region.consistency-check-tick=1s"));
    cluster.start(node, options.toArray(String[]::new));
  }

  private static TestClient connect(ClusterUnderTest cluster, int node) throws Exception {
    String address = cluster.node(node).address();
    return await()
        .atMost(ClusterUnderTest.PATIENCE)
        .ignoreExceptions()
        .until(() -> TestClient.connect(address), Objects::nonNull);
  }

  private static void rot(Path data) {
    try (Engines engines = RocksEngines.open(data, RocksSettings.defaults(), fault -> {});
        WriteBatch batch = engines.kv().newBatch()) {
      byte[] key = Keys.dataKey(KEY);
      assertThat(engines.kv().get(Cf.DEFAULT, key)).isNotNull();
      batch.put(
          Cf.DEFAULT,
          key,
          ValueCodec.encode("wrong".getBytes(StandardCharsets.UTF_8), ValueCodec.NEVER));
      engines.kv().write(batch, true);
    }
  }
}
