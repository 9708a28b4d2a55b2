package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import dev.flotilla.client.ClusterClient;
import dev.flotilla.config.HostPort;
import dev.flotilla.security.TestAuthority;
import dev.flotilla.security.TestAuthority.Holder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three processes that talk to each other, and to clients, encrypted only. */
class SecureClusterTest {
  @TempDir private Path folder;

  private String[] options(TestAuthority authority, int node, String... more) throws Exception {
    List<String> options = new ArrayList<>(authority.sign("node-" + node).startOptions());
    options.addAll(List.of("--set", "security.cert-allowed-cn=node-1,node-2,node-3,client"));
    options.addAll(List.of(more));
    return options.toArray(String[]::new);
  }

  private static void put(ClusterUnderTest cluster, String key) {
    await(key)
        .atMost(ClusterUnderTest.PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              ClusterClient client = cluster.connect(0);
              try {
                client
                    .put(ByteString.copyFromUtf8(key), ByteString.copyFromUtf8("value"))
                    .await(10, TimeUnit.SECONDS);
                return client.get(ByteString.copyFromUtf8(key)).await(10, TimeUnit.SECONDS);
              } finally {
                client.close();
              }
            },
            Optional.of(ByteString.copyFromUtf8("value"))::equals);
  }

  @Test
  void replicatesElectsAndSendsSnapshots() throws Exception {
    TestAuthority authority = TestAuthority.in(folder.resolve("pki"));
    Holder client = authority.sign("client");
    Holder stranger = TestAuthority.in(folder.resolve("strangers")).sign("node-2");
    try (ClusterUnderTest cluster =
        new ClusterUnderTest(folder, Optional.of(client.credentials()))) {
      cluster.start(1, options(authority, 1));
      put(cluster, "before");
      // New replicas begin with a snapshot.
      cluster.start(2, options(authority, 2, "--join", cluster.clusterAddress(1)));
      cluster.start(3, options(authority, 3, "--join", cluster.clusterAddress(1)));
      cluster.awaitThreeVoters();
      put(cluster, "by three");
      cluster.kill(cluster.leader());
      put(cluster, "by two");
      for (int node : cluster.nodes()) {
        everySocketIsProtected(cluster.node(node), client, stranger);
      }
    }
  }

  private static void everySocketIsProtected(NodeUnderTest node, Holder client, Holder stranger)
      throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/net/tcp")), "only Linux tells who listens");
    Set<Integer> listening = PortProbe.listening(node.pid());
    assertThat(listening).as("clients, status, other nodes").hasSize(3);
    for (int number : listening) {
      HostPort port = new HostPort("127.0.0.1", number);
      assertThat(PortProbe.refusesPlaintext(port)).as("plaintext to %s", port).isTrue();
      assertThat(PortProbe.refusesNobody(port)).as("no certificate to %s", port).isTrue();
      assertThat(PortProbe.refuses(port, stranger)).as("stranger to %s", port).isTrue();
      assertThat(PortProbe.certificate(port, client)).as("%s", port).isNotNull();
    }
  }
}
