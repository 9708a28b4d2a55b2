package dev.flotilla.node;

import dev.flotilla.client.ClusterClient;
import dev.flotilla.client.StatusPages;
import dev.flotilla.config.HostPort;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.pdpb.GetRegionResponse;
import dev.flotilla.raftstore.store.Bootstrap;
import dev.flotilla.security.Credentials;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;

/** Nodes of one cluster, a process each, which keep their ports when they are started again. */
final class ClusterUnderTest implements AutoCloseable {
  /** For whatever may take long on a busy machine. */
  static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Duration CALL = Duration.ofSeconds(10);

  private final Path folder;
  private Optional<Credentials> credentials;
  private final Vertx vertx = Vertx.vertx();
  private final Map<Integer, NodeUnderTest> running = new TreeMap<>();
  private final Map<Integer, List<String>> options = new TreeMap<>();

  ClusterUnderTest(Path folder) {
    this(folder, Optional.empty());
  }

  /**
   * @param credentials of its clients; nodes get theirs as options
   */
  ClusterUnderTest(Path folder, Optional<Credentials> credentials) {
    this.folder = folder;
    this.credentials = credentials;
  }

  /** Starts nodes 1 to {@code nodes} and waits until the regions are on three of them. */
  static ClusterUnderTest of(Path folder, int nodes) throws Exception {
    ClusterUnderTest cluster = new ClusterUnderTest(folder);
    cluster.start(1);
    for (int node = 2; node <= nodes; node++) {
      cluster.start(node, "--join", cluster.clusterAddress(1));
    }
    cluster.awaitThreeVoters();
    return cluster;
  }

  /** Starts a node, again or for the first time, and waits until it serves. */
  void start(int node, String... more) throws Exception {
    launch(node, more).address();
  }

  /** Starts a node, again or for the first time, which may refuse to serve. */
  NodeUnderTest launch(int node, String... more) throws IOException {
    List<String> all = new ArrayList<>(options.computeIfAbsent(node, unseen -> freePorts()));
    all.addAll(List.of(more));
    NodeUnderTest started =
        NodeUnderTest.start(folder.resolve("node-" + node), all.toArray(String[]::new));
    running.put(node, started);
    return started;
  }

  /** Ports that nobody listens on. */
  private static List<String> freePorts() {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket bus = new ServerSocket(0, 1, loopback);
        ServerSocket clients = new ServerSocket(0, 1, loopback)) {
      return List.of(
          "--addr",
          "127.0.0.1:" + clients.getLocalPort(),
          "--cluster-addr",
          "127.0.0.1:" + bus.getLocalPort());
    } catch (IOException e) {
      throw new IllegalStateException("no free port", e);
    }
  }

  NodeUnderTest node(int number) {
    return Objects.requireNonNull(running.get(number));
  }

  /** Numbers of the nodes that run. */
  List<Integer> nodes() {
    return List.copyOf(running.keySet());
  }

  /** Takes a node that ends or has ended out of those that run. */
  NodeUnderTest taken(int number) {
    return Objects.requireNonNull(running.remove(number));
  }

  /** Ends a node as if its machine had lost it. */
  void kill(int number) throws Exception {
    node(number).kill();
    taken(number).exitStatus();
  }

  /** Lets a node that does not run lose all that it has. */
  void wipe(int number) throws IOException {
    Path data = folder.resolve("node-" + number);
    Files.move(data, data.resolveSibling("wiped-" + number));
  }

  /** From now on clients show {@code shown}; nodes get theirs as options. */
  void encrypt(Credentials shown) {
    credentials = Optional.of(shown);
  }

  /** Lets a node that does not run use other ports from now on. */
  void move(int number) {
    options.put(number, freePorts());
  }

  String clusterAddress(int node) {
    List<String> used = Objects.requireNonNull(options.get(node));
    return used.get(used.indexOf("--cluster-addr") + 1);
  }

  /** Where clients reach the nodes that run, {@code first} before the others. */
  List<HostPort> addresses(int first) throws Exception {
    List<HostPort> addresses = new ArrayList<>();
    for (Map.Entry<Integer, NodeUnderTest> node : running.entrySet()) {
      HostPort address = HostPort.parse(node.getValue().address());
      addresses.add(node.getKey() == first ? 0 : addresses.size(), address);
    }
    return addresses;
  }

  /** A client that asks node {@code by} first. */
  ClusterClient connect(int by) throws Exception {
    return connect(addresses(by));
  }

  /** A client that knows of these nodes only. */
  ClusterClient connect(List<HostPort> known) throws Exception {
    return ClusterClient.connect(vertx, known, CALL, credentials).await(30, TimeUnit.SECONDS);
  }

  /** The users' region as the driver knows it, asked by way of a node. */
  GetRegionResponse region(int by) throws Exception {
    ClusterClient client = connect(by);
    try {
      return client.placement().region(Bootstrap.USER_REGION_ID).await(10, TimeUnit.SECONDS);
    } finally {
      client.close().await(10, TimeUnit.SECONDS);
    }
  }

  /** Ids of all stores that the driver knows. */
  List<Long> stores() throws Exception {
    return records().stream().map(Store::getId).toList();
  }

  /** All stores that the driver knows. */
  List<Store> records() throws Exception {
    return recordsBy(0);
  }

  /** As {@link #records}, asked by way of a node, whether the others serve or not. */
  List<Store> recordsBy(int node) throws Exception {
    ClusterClient client =
        node == 0 ? connect(0) : connect(List.of(HostPort.parse(node(node).address())));
    try {
      return client.placement().stores().await(10, TimeUnit.SECONDS);
    } finally {
      client.close().await(10, TimeUnit.SECONDS);
    }
  }

  long clusterId() throws Exception {
    ClusterClient client = connect(0);
    try {
      return client.placement().clusterId();
    } finally {
      client.close().await(10, TimeUnit.SECONDS);
    }
  }

  /** Any one node may be lost afterwards. */
  void awaitThreeVoters() {
    Awaitility.await("three voters")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () ->
                region(0).getRegion().getPeersList().stream()
                        .filter(peer -> peer.getRole() == PeerRole.Voter)
                        .count()
                    == 3);
    StatusPages pages = new StatusPages(credentials);
    Awaitility.await("three voters of the system region, without which there is no driver")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> running.values().stream().anyMatch(node -> leadsThreeVoters(pages, node)));
  }

  /** Of the system region, which has up to five replicas, as many as there are stores. */
  private static boolean leadsThreeVoters(StatusPages pages, NodeUnderTest node) {
    try {
      JsonObject region =
          new JsonObject(pages.read(node.statusAddress(), "/region/" + Bootstrap.SYSTEM_REGION_ID));
      long voters =
          region.getJsonArray("peers").stream()
              .filter(peer -> ((JsonObject) peer).getString("role") == null)
              .count();
      return region.getBoolean("leading") && voters >= 3;
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits until all that run would find {@code node} again after a restart. */
  void awaitRemembered(int node) {
    for (int other : nodes()) {
      Path members = folder.resolve("node-" + other).resolve("members");
      Awaitility.await("node " + other + " remembers where node " + node + " is")
          .atMost(PATIENCE)
          .until(() -> Files.readString(members).contains(clusterAddress(node)));
    }
  }

  /** The node whose store leads the users' region. */
  int leader() throws Exception {
    ClusterClient client = connect(0);
    try {
      GetRegionResponse region =
          client.placement().region(Bootstrap.USER_REGION_ID).await(10, TimeUnit.SECONDS);
      return nodeAt(
          client
              .placement()
              .store(region.getLeader().getStoreId())
              .await(10, TimeUnit.SECONDS)
              .getAddress());
    } finally {
      client.close().await(10, TimeUnit.SECONDS);
    }
  }

  /** The node that drives placement. */
  int driver() throws Exception {
    ClusterClient client = connect(0);
    try {
      String url = client.placement().members().getLeader().getClientUrls(0);
      return nodeAt(url.substring(url.indexOf("//") + 2));
    } finally {
      client.close().await(10, TimeUnit.SECONDS);
    }
  }

  private int nodeAt(String address) throws Exception {
    for (Map.Entry<Integer, NodeUnderTest> node : running.entrySet()) {
      if (node.getValue().address().equals(address)) {
        return node.getKey();
      }
    }
    throw new AssertionError("no node at " + address);
  }

  /** Prints the last that each running node said. */
  void printOutput() {
    running.forEach(
        (number, node) -> {
          System.out.println("--- node " + number + " ---");
          List<String> output = node.output();
          output.stream().skip(Math.max(0, output.size() - 100)).forEach(System.out::println);
        });
  }

  @Override
  public void close() throws TimeoutException {
    running.values().forEach(NodeUnderTest::close);
    vertx.close().await(10, TimeUnit.SECONDS);
  }
}
