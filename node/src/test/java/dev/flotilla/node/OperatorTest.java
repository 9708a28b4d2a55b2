package dev.flotilla.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import dev.flotilla.proto.pdpb.GetRegionResponse;
import dev.flotilla.raftstore.store.Bootstrap;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replicas and leaders go where {@code flotilla ctl operator add} sends them. */
class OperatorTest {
  private static final String REGION = Long.toString(Bootstrap.USER_REGION_ID);

  @TempDir private Path folder;
  private ClusterUnderTest cluster;

  @BeforeEach
  void start() throws Exception {
    cluster = ClusterUnderTest.of(folder, 4);
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  private String ctl(int status, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("ctl", "--pd", cluster.node(4).address(), "--json"));
    command.addAll(List.of(arguments));
    NodeUnderTest ctl = NodeUnderTest.run(command);
    assertThat(ctl.exitStatus()).as("%s: %s", command, ctl.output()).isEqualTo(status);
    return String.join("\n", ctl.output());
  }

  private static Set<Long> stores(GetRegionResponse region) {
    Set<Long> stores = new TreeSet<>();
    region.getRegion().getPeersList().stream().map(Peer::getStoreId).forEach(stores::add);
    return stores;
  }

  private GetRegionResponse awaitRegion(Predicate<GetRegionResponse> wanted) {
    Callable<GetRegionResponse> region = () -> cluster.region(4);
    return await().atMost(ClusterUnderTest.PATIENCE).ignoreExceptions().until(region, wanted);
  }

  @Test
  void replicaMovesAndLeaderFollows() throws Exception {
    String leader =
        Long.toString(awaitRegion(region -> stores(region).size() == 3).getLeader().getStoreId());
    // What was asked for is not moved for evenness any more, as it may be until now.
    ctl(0, "operator", "add", "transfer-leader", REGION, leader);
    GetRegionResponse before = awaitRegion(region -> stores(region).size() == 3);
    Set<Long> stores = stores(before);
    long leaving = before.getLeader().getStoreId();
    Set<Long> free = new TreeSet<>(cluster.stores());
    free.removeAll(stores);
    assertThat(free).hasSize(1);
    long target = free.iterator().next();

    String taken = Long.toString(stores.stream().filter(id -> id != leaving).findAny().get());
    assertThat(ctl(1, "operator", "add", "transfer-peer", REGION, Long.toString(leaving), taken))
        .contains("has a replica on that store already");
    assertThat(ctl(1, "operator", "add", "transfer-peer", REGION, Long.toString(target), taken))
        .contains("no replica on the store to leave");

    assertThat(
            ctl(
                0,
                "operator",
                "add",
                "transfer-peer",
                REGION,
                Long.toString(leaving),
                Long.toString(target)))
        .contains("asked-for", "on store " + target, "from store " + leaving);
    GetRegionResponse after =
        awaitRegion(region -> stores(region).size() == 3 && !stores(region).contains(leaving));
    assertThat(stores(after)).contains(target);
    assertThat(after.getLeader().getStoreId()).isNotEqualTo(leaving);

    ctl(0, "operator", "add", "transfer-leader", REGION, Long.toString(target));
    awaitRegion(region -> region.getLeader().getStoreId() == target);
  }

  /** And says that nothing of it is to be seen yet when that takes longer than it may. */
  @Test
  void anOrderShowsWhatIsWhenItIsDone() throws Exception {
    GetRegionResponse before = awaitRegion(region -> stores(region).size() == 3);
    long leader = before.getLeader().getStoreId();
    long follower = stores(before).stream().filter(id -> id != leader).findAny().orElseThrow();
    assertThat(region("transfer-leader", follower).getJsonObject("leader").getMap())
        .containsEntry("storeId", (int) follower);
    long removed =
        before.getRegion().getPeersList().stream()
            .filter(peer -> peer.getStoreId() == leader)
            .findFirst()
            .orElseThrow()
            .getId();
    assertThat(shownPeers(region("remove-peer", leader))).doesNotContain(removed);
  }

  private JsonObject region(String order, long store) throws Exception {
    String shown = ctl(0, "--timeout", "60", "region", order, REGION, Long.toString(store));
    return new JsonArray(shown).getJsonObject(0);
  }

  private static Set<Long> shownPeers(JsonObject region) {
    Set<Long> peers = new TreeSet<>();
    region.getJsonArray("peers").forEach(peer -> peers.add(((JsonObject) peer).getLong("id")));
    return peers;
  }

  @Test
  void anOrderThatIsNotDoneInTimeIsSaidToBeAccepted() throws Exception {
    GetRegionResponse region = awaitRegion(found -> stores(found).size() == 3);
    Set<Long> free = new TreeSet<>(cluster.stores());
    free.removeAll(stores(region));
    long target = free.iterator().next();
    Store record =
        cluster.records().stream()
            .filter(store -> store.getId() == target)
            .findFirst()
            .orElseThrow();
    int number =
        cluster.nodes().stream()
            .filter(node -> cluster.clusterAddress(node).equals(record.getPeerAddress()))
            .findFirst()
            .orElseThrow();
    String asked = cluster.node(number == 4 ? 3 : 4).address();
    cluster.node(number).freeze();
    NodeUnderTest ctl =
        NodeUnderTest.run(
            List.of(
                "ctl",
                "--pd",
                asked,
                "--timeout",
                "2",
                "region",
                "add-peer",
                REGION,
                Long.toString(target)));
    assertThat(ctl.exitStatus()).as(() -> String.join("\n", ctl.output())).isEqualTo(4);
    assertThat(String.join("\n", ctl.output())).contains("accepted, but not to be seen yet");
    cluster.node(number).thaw();
  }

  /** Started again, its node is told so, and does not wait for what never comes. */
  @Test
  void aStoreThatWasDeletedDoesNotComeBack() throws Exception {
    Store third =
        cluster.records().stream()
            .filter(store -> store.getPeerAddress().equals(cluster.clusterAddress(3)))
            .findFirst()
            .orElseThrow();
    ctl(0, "store", "delete", Long.toString(third.getId()));
    await()
        .atMost(ClusterUnderTest.PATIENCE)
        .ignoreExceptions()
        .until(
            () ->
                cluster.records().stream()
                    .anyMatch(
                        store ->
                            store.getId() == third.getId()
                                && store.getState() == StoreState.Tombstone));
    String gone = "store " + third.getId() + " was taken out of the cluster for good";
    await()
        .atMost(ClusterUnderTest.PATIENCE)
        .until(
            () -> String.join("\n", cluster.node(3).output()).contains(gone + ": stop this node"));
    cluster.kill(3);
    cluster.launch(3);
    NodeUnderTest back = cluster.taken(3);
    assertThat(back.exitStatus()).as(() -> String.join("\n", back.output())).isEqualTo(2);
    assertThat(String.join("\n", back.output())).contains("flotilla: cannot start: " + gone);
    // Nor is it counted, or asked for what it has loaded.
    ctl(0, "plugin");
    assertThat(ctl(0, "cluster")).contains("\"stores\" : 3");
  }
}
