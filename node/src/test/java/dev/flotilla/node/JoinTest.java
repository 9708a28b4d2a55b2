package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that is killed while it joins: started again it goes on, and is no second store. */
class JoinTest {
  @TempDir private Path folder;
  private ClusterUnderTest cluster;

  @BeforeEach
  void start() throws Exception {
    cluster = new ClusterUnderTest(folder);
    cluster.start(1);
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  /** How far the node is to come before it is killed. */
  private Map<String, Callable<Boolean>> stages() {
    Path data = folder.resolve("node-2");
    Map<String, Callable<Boolean>> stages = new LinkedHashMap<>();
    stages.put("its folder is there", () -> Files.exists(data.resolve("raft/CURRENT")));
    stages.put("it is a store", () -> cluster.stores().size() == 2);
    stages.put("it is a member", () -> cluster.region(1).getRegion().getPeersCount() == 2);
    return stages;
  }

  @Test
  void goesOnWhereItWasKilled() throws Exception {
    for (Map.Entry<String, Callable<Boolean>> stage : stages().entrySet()) {
      NodeUnderTest joining =
          NodeUnderTest.start(folder.resolve("node-2"), "--join", cluster.clusterAddress(1));
      await(stage.getKey())
          .atMost(ClusterUnderTest.PATIENCE)
          .ignoreExceptions()
          .until(stage.getValue());
      joining.kill();
      joining.exitStatus();
    }
    cluster.start(2, "--join", cluster.clusterAddress(1));
    await()
        .atMost(ClusterUnderTest.PATIENCE)
        .ignoreExceptions()
        .until(
            () ->
                cluster.region(1).getRegion().getPeersList().stream()
                        .filter(peer -> peer.getRole() == PeerRole.Voter)
                        .count()
                    == 2);
    assertThat(cluster.stores()).hasSize(2);
  }

  /** The others cannot answer it, and know it by an address that the right node is to have. */
  @Test
  void whoCouldNotBeReachedDoesNotBlockTheRightNode() throws Exception {
    String unreachable;
    try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      unreachable = "127.0.0.1:" + nobody.getLocalPort();
    }
    String[] options = {"--join", cluster.clusterAddress(1)};
    cluster.launch(2, options[0], options[1], "--advertise-cluster-addr", unreachable);
    await("the store is on record")
        .atMost(ClusterUnderTest.PATIENCE)
        .ignoreExceptions()
        .until(() -> cluster.recordsBy(1).size() == 2);
    cluster.kill(2);
    cluster.start(3, options);
    cluster.wipe(2);
    cluster.start(2, options);
    assertThat(cluster.recordsBy(1))
        .extracting(Store::getState)
        .containsExactly(StoreState.Up, StoreState.Tombstone, StoreState.Up, StoreState.Up);
  }
}
