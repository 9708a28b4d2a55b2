package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import dev.flotilla.client.ClusterClient;
import dev.flotilla.client.StatusPages;
import dev.flotilla.config.HostPort;
import dev.flotilla.proto.eraftpb.Message;
import dev.flotilla.proto.eraftpb.MessageType;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.pdpb.GetRegionResponse;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.proto.raft_serverpb.SnapshotChunk;
import dev.flotilla.proto.tikvpb.TikvGrpcClient;
import dev.flotilla.raftstore.store.Bootstrap;
import dev.flotilla.security.TestAuthority;
import dev.flotilla.security.TestAuthority.Holder;
import dev.flotilla.verticle.cluster.Impostor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.common.GrpcStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

  /**
   * Whoever has a certificate may be a client, but in the name of a store speaks only that store's
   * node.
   */
  @Test
  void nobodySpeaksForTheStoreOfAnother() throws Exception {
    TestAuthority authority = TestAuthority.in(folder.resolve("pki"));
    Holder client = authority.sign("client");
    try (ClusterUnderTest cluster =
            new ClusterUnderTest(folder, Optional.of(client.credentials()));
        Impostor impostor = Impostor.open(client.credentials())) {
      cluster.start(1, options(authority, 1));
      cluster.start(2, options(authority, 2, "--join", cluster.clusterAddress(1)));
      cluster.start(3, options(authority, 3, "--join", cluster.clusterAddress(1)));
      cluster.awaitThreeVoters();
      Map<Integer, Store> stores = storesByNode(cluster);
      int leader = cluster.leader();
      int other = leader == 3 ? 2 : 3;
      Store leading = Objects.requireNonNull(stores.get(leader));
      Store claimed = Objects.requireNonNull(stores.get(other));
      stores.forEach(
          (node, store) ->
              impostor.learn(store.getId(), HostPort.parse(cluster.clusterAddress(node))));
      RaftMessage heartbeat = heartbeat(cluster.region(0), claimed.getId(), leading.getId());

      impostor.sendFrame(cluster.clusterId(), claimed.getId(), leading.getId(), heartbeat);
      awaitRefusal(cluster.node(leader), claimed);
      assertThat(snapshot(cluster.node(leader), heartbeat, client))
          .isEqualTo(GrpcStatus.PERMISSION_DENIED);
      for (Store store : stores.values()) {
        assertThatThrownBy(
                () -> impostor.register(store.getId(), claimed).await(30, TimeUnit.SECONDS))
            .hasMessageContaining("your certificate is not that of node-" + other);
      }
      put(cluster, "undisturbed");
      assertThat(term(cluster.node(leader), client)).isLessThan(heartbeat.getMessage().getTerm());

      cluster.kill(other);
      refusesToStart(
          cluster,
          other,
          authority.sign("client"),
          List.of(),
          "store %d is that of node-%d, and this node is client".formatted(claimed.getId(), other));
      refusesToStart(
          cluster,
          4,
          authority.sign("node-" + leader),
          List.of("--join", cluster.clusterAddress(leader)),
          "store %d is on record as that of node-%d".formatted(leading.getId(), leader));
      cluster.start(other, options(authority, other));
      put(cluster, "by three");
    }
  }

  /** Others would not answer it, whom they do not believe, and it would wait for nothing. */
  @Test
  void aNodeSaysThatItsCertificateIsNotForItsAddress() throws Exception {
    TestAuthority authority = TestAuthority.in(folder.resolve("pki"));
    Holder client = authority.sign("client");
    try (ClusterUnderTest cluster =
        new ClusterUnderTest(folder, Optional.of(client.credentials()))) {
      cluster.start(1, options(authority, 1));
      Holder second = authority.sign("node-2");
      List<String> elsewhere =
          List.of(
              "--join",
              cluster.clusterAddress(1),
              "--advertise-cluster-addr",
              "127.0.0.2:" + HostPort.parse(cluster.clusterAddress(1)).port());
      String expected =
          "other nodes would not believe "
              + second.cert()
              + " when they call this one at 127.0.0.2";
      refusesToStart(cluster, 2, second, elsewhere, expected);
      assertThat(cluster.stores()).hasSize(1);
      cluster.start(2, options(authority, 2, "--join", cluster.clusterAddress(1)));
      NodeUnderTest moved = cluster.taken(2);
      moved.terminate();
      assertThat(moved.exitStatus()).isZero();
      refusesToStart(cluster, 2, second, elsewhere, expected);
    }
  }

  @Test
  void storesGetTheirNamesWhenTheirNodesFirstShowCertificates() throws Exception {
    TestAuthority authority = TestAuthority.in(folder.resolve("pki"));
    try (ClusterUnderTest cluster = ClusterUnderTest.of(folder, 3)) {
      assertThat(cluster.records()).extracting(Store::getNodeName).containsOnly("");
      for (int node : cluster.nodes()) {
        cluster.kill(node);
      }
      cluster.encrypt(authority.sign("client").credentials());
      // None of them serves before a second one is there.
      for (int node = 1; node <= 3; node++) {
        cluster.launch(node, options(authority, node));
      }
      for (int node : cluster.nodes()) {
        cluster.node(node).address();
      }
      put(cluster, "encrypted");
      storesByNode(cluster);
    }
  }

  private static Map<Integer, Store> storesByNode(ClusterUnderTest cluster) throws Exception {
    Map<Integer, Store> stores = new HashMap<>();
    for (Store store : cluster.records()) {
      assertThat(store.getNodeName()).matches("node-[123]");
      stores.put(Integer.parseInt(store.getNodeName().substring(5)), store);
    }
    assertThat(stores).containsOnlyKeys(1, 2, 3);
    return stores;
  }

  /** What would depose the leader and have it follow the sender's peer. */
  private static RaftMessage heartbeat(GetRegionResponse region, long from, long to) {
    Region known = region.getRegion();
    Peer sender = peerOn(known, from);
    Peer receiver = peerOn(known, to);
    return RaftMessage.newBuilder()
        .setRegionId(known.getId())
        .setRegionEpoch(known.getRegionEpoch())
        .setFromPeer(sender)
        .setToPeer(receiver)
        .setMessage(
            Message.newBuilder()
                .setMsgType(MessageType.MsgHeartbeat)
                .setFrom(sender.getId())
                .setTo(receiver.getId())
                .setTerm(1_000_000))
        .build();
  }

  private static Peer peerOn(Region region, long storeId) {
    return region.getPeersList().stream()
        .filter(peer -> peer.getStoreId() == storeId)
        .findFirst()
        .orElseThrow();
  }

  private static void awaitRefusal(NodeUnderTest node, Store claimed) {
    String expected =
        "refused: store %d is that of %s, but who spoke for it has a certificate of [client,"
            .formatted(claimed.getId(), claimed.getNodeName());
    await(expected)
        .atMost(ClusterUnderTest.PATIENCE)
        .until(() -> node.output().stream().anyMatch(line -> line.contains(expected)));
  }

  private static GrpcStatus snapshot(NodeUnderTest node, RaftMessage message, Holder holder)
      throws Exception {
    HostPort port = HostPort.parse(node.address());
    Vertx vertx = Vertx.vertx();
    HttpClientOptions http =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false);
    holder.credentials().protect(http);
    try {
      return GrpcClient.client(vertx, new GrpcClientOptions(), http)
          .request(
              SocketAddress.inetSocketAddress(port.port(), port.host()), TikvGrpcClient.Snapshot)
          .compose(
              request ->
                  request
                      .write(SnapshotChunk.newBuilder().setMessage(message).build())
                      .compose(written -> request.response()))
          .compose(
              response ->
                  response.end().transform(ended -> Future.succeededFuture(response.status())))
          .await(30, TimeUnit.SECONDS);
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  private static long term(NodeUnderTest node, Holder client) throws Exception {
    String prefix = "status is on https://";
    String status =
        node.output().stream()
            .filter(line -> line.startsWith(prefix))
            .map(line -> line.substring(prefix.length()))
            .findFirst()
            .orElseThrow();
    String page =
        new StatusPages(Optional.of(client.credentials()))
            .read(status, "/region/" + Bootstrap.USER_REGION_ID);
    return new JsonObject(page).getLong("term");
  }

  /** The operator is told why, with the exit status of what he can put right. */
  private static void refusesToStart(
      ClusterUnderTest cluster, int node, Holder holder, List<String> more, String expected)
      throws Exception {
    List<String> options = new ArrayList<>(holder.startOptions());
    options.addAll(more);
    cluster.launch(node, options.toArray(String[]::new));
    NodeUnderTest refused = cluster.taken(node);
    assertThat(refused.exitStatus()).as(() -> String.join("\n", refused.output())).isEqualTo(2);
    assertThat(String.join("\n", refused.output())).contains(expected);
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
