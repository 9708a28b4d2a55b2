package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores that come back to their cluster in a way in which they may not. */
class ReadmissionTest {
  @TempDir private Path folder;
  private ClusterUnderTest cluster;

  @BeforeEach
  void start() throws Exception {
    cluster = new ClusterUnderTest(folder);
    cluster.start(1);
    cluster.start(2, "--join", cluster.clusterAddress(1));
    NodeUnderTest second = cluster.taken(2);
    second.terminate();
    assertThat(second.exitStatus()).isZero();
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  private void refusesSecond(String expected, String... options) throws Exception {
    refuses(2, expected, options);
  }

  private void refuses(int node, String expected, String... options) throws Exception {
    cluster.launch(node, options);
    NodeUnderTest refused = cluster.taken(node);
    assertThat(refused.exitStatus()).as(() -> String.join("\n", refused.output())).isEqualTo(2);
    assertThat(refused.output().stream().filter(line -> line.startsWith("flotilla: ")))
        .singleElement()
        .asString()
        .contains(expected);
  }

  /** Its replicas would vote while the lease of a leader holds elsewhere. */
  @Test
  void notWithOtherTicks() throws Exception {
    refusesSecond(
        "settings that all stores must share differ", "--set", "raftstore.election-ticks=9");
  }

  /** It would vote and append in the name of the first. */
  @Test
  void notBesideItself() throws Exception {
    copy(folder.resolve("node-2"), folder.resolve("node-3"));
    cluster.start(2);
    refuses(3, "runs at " + cluster.clusterAddress(2) + ", and the data folder is a copy");
  }

  /** As when the machine that a store was moved away from is switched on again. */
  @Test
  void notBesideItsCopyElsewhere() throws Exception {
    copy(folder.resolve("node-2"), folder.resolve("node-3"));
    cluster.start(3);
    refusesSecond("runs at " + cluster.clusterAddress(3) + ", and the data folder is a copy");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  @Test
  void notToAnotherCluster() throws Exception {
    cluster.start(3);
    String elsewhere = cluster.clusterAddress(3);
    refusesSecond(elsewhere + ", which --join names, is of cluster", "--join", elsewhere);
  }
}
