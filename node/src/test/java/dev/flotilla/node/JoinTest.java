package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flotilla.proto.metapb.PeerRole;
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
}
