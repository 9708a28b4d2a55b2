package dev.flotilla.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.pd.Answer;
import dev.flotilla.pd.PlacementDriver;
import dev.flotilla.pd.PlacementRules;
import dev.flotilla.pd.RegionTree;
import dev.flotilla.pd.SafePoints;
import dev.flotilla.pd.TimestampOracle.Timestamp;
import dev.flotilla.proto.admin.OperateKind;
import dev.flotilla.proto.admin.OperateRequest;
import dev.flotilla.proto.cluster.JoinRequest;
import dev.flotilla.proto.cluster.JoinResponse;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import dev.flotilla.proto.pdpb.GetAllStoresRequest;
import dev.flotilla.proto.pdpb.GetAllStoresResponse;
import dev.flotilla.proto.pdpb.RequestHeader;
import dev.flotilla.proto.pdpb.StoreStats;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Tick;
import dev.flotilla.raftstore.store.Bootstrap;
import dev.flotilla.server.DriverHere;
import dev.flotilla.server.PdRelay;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The placement driver over a store that loses power and a wall clock that jumps: no id is given
 * twice, and timestamps grow strictly in the order of their answers, over all restarts.
 */
class PlacementSimulationTest {
  private static final int STEPS = 2000;

  private final ArrayDeque<Runnable> driverTasks = new ArrayDeque<>();
  private final SimClock clock = new SimClock();
  private long lastVersion;
  private long lastId;
  private int timestamps;
  private int ids;
  private int restarts;

  @SuppressWarnings("NullAway.Init") // set by start, which every test calls first
  private SimStore store;

  @SuppressWarnings("NullAway.Init")
  private PlacementDriver driver;

  private Store self = Store.newBuilder().setId(Bootstrap.STORE_ID).build();

  private int reported;

  /** Whether leaders hear of a new driver, and the last one that they heard of. */
  private boolean isTold = true;

  private long toldTerm;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void givesNothingTwice(long seed) {
    Random random = new Random(seed);
    start(SimEngine.kv(), SimEngine.raft(), random.nextLong());
    for (int step = 0; step < STEPS; step++) {
      try {
        step(random);
      } catch (EngineException planned) {
        crash(random);
      }
    }
    assertThat(timestamps).as("timestamps of seed %s", seed).isGreaterThan(50);
    assertThat(ids).as("ids of seed %s", seed).isGreaterThan(50);
    assertThat(restarts).as("restarts of seed %s", seed).isGreaterThan(5);
  }

  /** A node asks again while it is being let in, as the first answer may be lost. */
  @Test
  void letsANodeInOnce() {
    start(SimEngine.kv(), SimEngine.raft(), 1);
    settle();
    JoinRequest request = joinRequest(5);
    Set<Long> given = new TreeSet<>();
    for (int i = 0; i < 3; i++) {
      driver.join(request, joinAnswer(given));
    }
    settle();
    driver.join(request, joinAnswer(given));
    settle();
    assertThat(given).hasSize(1);
  }

  /**
   * One refused write is enough for a driver to begin anew in the same term; what it had on its way
   * by then is written nevertheless.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void letsANodeInOnceThoughTheDriverBeginsAnewMeanwhile(int steps) {
    start(SimEngine.kv(), SimEngine.raft(), 1);
    settle();
    join(4);
    driver.join(joinRequest(5), joinAnswer(new TreeSet<>()));
    for (int i = 0; i < steps; i++) {
      store.turn(1);
      runDriver(1);
    }
    PlacementTask.Leads system = lastReport(Bootstrap.SYSTEM_REGION_ID);
    driver.onReport(new PlacementTask.Lost(Bootstrap.SYSTEM_REGION_ID, system.term()));
    driver.onReport(system);
    store.turn(Integer.MAX_VALUE);
    runDriver(Integer.MAX_VALUE);
    settle();
    join(5);
    crash(new Random(1));
    List<String> addresses = new ArrayList<>();
    driver.stores(
        Answer.of(
            stores -> stores.forEach(each -> addresses.add(each.getAddress())), addresses::add));
    assertThat(addresses).containsExactlyInAnyOrder("", "new-4", "new-5");
  }

  /** Its node may be where nobody can call it, and wait for answers in vain. */
  @Test
  void whoNeverCameIsInNobodysWay() {
    start(SimEngine.kv(), SimEngine.raft(), 1);
    settle();
    long lost = join(5);
    assertThat(outcomeOf(joinRequest(6, "new-5", 0))).isEqualTo("let in");
    assertThat(recordOf(lost).getState()).isEqualTo(StoreState.Tombstone);
    // What it said before it was stopped, which was long on its way.
    driver.onStore(StoreStats.newBuilder().setStoreId(lost).build());
    List<String> outcomes = new ArrayList<>();
    driver.putStore(Store.newBuilder().setId(lost).build(), "", stateAnswer(outcomes));
    settle();
    crash(new Random(1));
    assertThat(recordOf(lost).getState()).isEqualTo(StoreState.Tombstone);
    assertThat(outcomes)
        .containsExactly("store " + lost + " was taken out of the cluster for good");
  }

  /** The word by which it has come is perhaps not durable yet. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoHasComeIsNotDisplaced(boolean isHeartbeat) {
    start(SimEngine.kv(), SimEngine.raft(), 1);
    settle();
    long come = join(5);
    if (isHeartbeat) {
      driver.onStore(StoreStats.newBuilder().setStoreId(come).build());
    } else {
      Store store = joinRequest(5).getStore().toBuilder().setId(come).build();
      driver.putStore(store, "", Answer.ignored());
    }
    String refusal = "store " + come + " is on record at this address";
    assertThat(outcomeOf(joinRequest(6, "new-5", 0))).startsWith(refusal);
    crash(new Random(1));
    assertThat(outcomeOf(joinRequest(6, "new-5", 0))).startsWith(refusal);
    assertThat(recordOf(come).getState()).isEqualTo(StoreState.Up);
  }

  /** The wish of a node that was stopped comes after that of the node in its place. */
  @Test
  void aLateWishDisplacesNobody() {
    start(SimEngine.kv(), SimEngine.raft(), 1);
    settle();
    assertThat(outcomeOf(joinRequest(6, "new", 100))).isEqualTo("let in");
    assertThat(outcomeOf(joinRequest(5, "new", 99))).contains("is on record at this address");
    assertThat(outcomeOf(joinRequest(6, "new", 100))).isEqualTo("let in");
  }

  @Test
  void oneOfTwoThatComeAtOnceIsLetIn() {
    start(SimEngine.kv(), SimEngine.raft(), 1);
    settle();
    List<String> outcomes = new ArrayList<>();
    driver.join(joinRequest(5, "new", 1), outcomeAnswer(outcomes));
    driver.join(joinRequest(6, "new", 2), outcomeAnswer(outcomes));
    settle();
    List<StoreState> states = new ArrayList<>();
    driver.stores(
        Answer.of(
            stores ->
                stores.stream()
                    .filter(store -> store.getAddress().equals("new"))
                    .forEach(store -> states.add(store.getState())),
            reason -> {}));
    assertThat(states).containsExactly(StoreState.Tombstone, StoreState.Up);
  }

  /** Its node is no store yet, so that it may become another one than it was given. */
  @Test
  void whoNeverCameMayComeOtherwise() {
    start(SimEngine.kv(), SimEngine.raft(), 1);
    settle();
    long deleted = join(5);
    List<String> outcomes = new ArrayList<>();
    driver.setStoreState(deleted, StoreState.Tombstone, stateAnswer(outcomes));
    settle();
    assertThat(join(5)).isNotEqualTo(deleted);
    JoinRequest.Builder named = joinRequest(6).toBuilder();
    named.getStoreBuilder().setNodeName("node-6");
    Set<Long> given = new TreeSet<>();
    driver.join(named.build(), joinAnswer(given));
    settle();
    named.getStoreBuilder().setNodeName("other");
    driver.join(named.build(), joinAnswer(given));
    settle();
    driver.join(named.build(), joinAnswer(given));
    settle();
    assertThat(given.stream().map(id -> recordOf(id).getState()))
        .containsExactly(StoreState.Tombstone, StoreState.Up);
  }

  /** Nothing may be lost with a newcomer's record. */
  @Test
  void aNewcomerGetsNoReplicas() {
    start(SimEngine.kv(), SimEngine.raft(), 1);
    settle();
    long joined = join(5);
    OperateRequest request =
        OperateRequest.newBuilder()
            .setKind(OperateKind.AddPeer)
            .setRegionId(Bootstrap.USER_REGION_ID)
            .setStoreId(joined)
            .build();
    List<String> outcomes = new ArrayList<>();
    Answer<Boolean> answer = Answer.of(begun -> outcomes.add("begun"), outcomes::add);
    driver.operate(request, answer);
    settle();
    driver.onStore(StoreStats.newBuilder().setStoreId(joined).build());
    settle();
    driver.operate(request, answer);
    settle();
    assertThat(outcomes).containsExactly("the store takes no replicas now", "begun");
  }

  /** Its node was told to go, and its replicas were given to others. */
  @Test
  void aStoreThatWasTakenOutIsNotTakenBack() {
    start(SimEngine.kv(), SimEngine.raft(), 1);
    settle();
    long joined = join(5);
    List<String> outcomes = new ArrayList<>();
    List<StoreState> states =
        List.of(
            StoreState.Up,
            StoreState.Tombstone,
            StoreState.Up,
            StoreState.Offline,
            StoreState.Tombstone);
    for (StoreState state : states) {
      driver.setStoreState(joined, state, stateAnswer(outcomes));
      settle();
    }
    String refusal = "store " + joined + " was taken out for good";
    assertThat(outcomes).containsExactly("Up", "Tombstone", refusal, refusal, "Tombstone");
  }

  /** Its node registers in the same moment, as it does when it starts. */
  @Test
  void aDrainIsNotLostToARegistration() {
    start(SimEngine.kv(), SimEngine.raft(), 1);
    settle();
    List<String> outcomes = new ArrayList<>();
    driver.setStoreState(Bootstrap.STORE_ID, StoreState.Offline, stateAnswer(outcomes));
    driver.putStore(
        Store.newBuilder().setId(Bootstrap.STORE_ID).setAddress("moved").build(),
        "",
        stateAnswer(outcomes));
    settle();
    assertThat(outcomes).containsExactly("Offline", "Offline");
  }

  /** Its replicas would vote while a lease holds, or its node is another's. */
  @Test
  void aStoreThatDiffersIsNotRegistered() {
    self = self.toBuilder().setNodeName("node-1").build();
    start(SimEngine.kv(), SimEngine.raft(), 1);
    settle();
    long joined = join(5);
    List<String> outcomes = new ArrayList<>();
    driver.putStore(Store.newBuilder().setId(joined).build(), "lease=9", stateAnswer(outcomes));
    driver.setStoreState(joined, StoreState.Tombstone, stateAnswer(outcomes));
    settle();
    driver.putStore(Store.newBuilder().setId(joined).build(), "", stateAnswer(outcomes));
    settle();
    assertThat(outcomes)
        .containsExactly(
            "settings that all stores must share differ: the cluster has , this node lease=9",
            "Tombstone",
            "store " + joined + " was taken out of the cluster for good");
    // The driver's own, under another name.
    self = self.toBuilder().setNodeName("node-2").build();
    crash(new Random(1));
    outcomes.clear();
    driver.putStore(self, "", stateAnswer(outcomes));
    settle();
    assertThat(outcomes).singleElement().asString().startsWith("store 1 is that of node-1");
  }

  /** A driver that takes over puts its own store on record. */
  @Test
  void aDrainedStoreThatDrivesStaysDrained() {
    start(SimEngine.kv(), SimEngine.raft(), 1);
    settle();
    List<String> outcomes = new ArrayList<>();
    driver.setStoreState(Bootstrap.STORE_ID, StoreState.Offline, stateAnswer(outcomes));
    settle();
    crash(new Random(1));
    driver.stores(
        Answer.of(
            stores -> stores.forEach(each -> outcomes.add(each.getState().name())), outcomes::add));
    assertThat(outcomes).containsExactly("Offline", "Offline");
  }

  /** The node of a drained store stays one of the cluster; that of a deleted one is told to go. */
  @Test
  void onlyADeletedStoreIsBuried() {
    start(SimEngine.kv(), SimEngine.raft(), 1);
    settle();
    long drained = join(5);
    long deleted = join(6);
    List<String> outcomes = new ArrayList<>();
    driver.setStoreState(drained, StoreState.Offline, stateAnswer(outcomes));
    driver.setStoreState(deleted, StoreState.Tombstone, stateAnswer(outcomes));
    settle();
    driver.setStoreState(drained, StoreState.Up, stateAnswer(outcomes));
    settle();
    assertThat(outcomes).containsExactly("Offline", "Tombstone", "Up");
  }

  @Test
  void saysWhyAStoreWillNotBeEmpty() {
    start(SimEngine.kv(), SimEngine.raft(), 1);
    settle();
    long joined = join(5);
    driver.setStoreState(Bootstrap.STORE_ID, StoreState.Offline, Answer.ignored());
    settle();
    assertThat(reasonsOf())
        .containsExactly(
            "1 1 no other store can take its replica of 1 region and its replica of the placement"
                + " driver's data",
            "0 0 it was let in, but has not been heard of");
    StoreStats.Builder disk = StoreStats.newBuilder().setStoreId(joined).setCapacity(100);
    driver.onStore(disk.setAvailable(19).build());
    settle();
    assertThat(reasonsOf())
        .containsExactly(
            "1 1 no other store can take its replica of 1 region and its replica of the placement"
                + " driver's data",
            "0 0 little space is left on its disk: it is given no more replicas");
    driver.onStore(disk.setAvailable(9).build());
    assertThat(reasonsOf().get(1))
        .isEqualTo(
            "0 0 space runs out on its disk: its replicas go where there is more, if anywhere");
    driver.onStore(disk.setAvailable(0).build());
    assertThat(reasonsOf().get(1))
        .isEqualTo(
            "0 0 its disk is almost full: it takes no new data, and its replicas go where there is"
                + " more space, if anywhere");
    driver.onStore(disk.setAvailable(20).build());
    settle();
    assertThat(reasonsOf()).containsExactly("1 1 ", "0 0 ");
    clock.advance(31_000);
    assertThat(reasonsOf().get(1)).isEqualTo("0 0 it has not been heard of for 31 s");
  }

  private List<String> reasonsOf() {
    List<String> reasons = new ArrayList<>();
    driver.storeStatuses(
        Answer.of(
            statuses ->
                statuses.forEach(
                    status ->
                        reasons.add(
                            status.getReplicas()
                                + " "
                                + status.getLeaders()
                                + " "
                                + status.getReason())),
            reasons::add));
    return reasons;
  }

  /** Its node, should it ask, is a new one. */
  @Test
  void aStoreThatIsGoneCanBeForgotten() {
    start(SimEngine.kv(), SimEngine.raft(), 1);
    settle();
    long gone = join(5);
    long stays = join(6);
    driver.onStore(StoreStats.newBuilder().setStoreId(gone).build());
    driver.setStoreState(gone, StoreState.Tombstone, Answer.ignored());
    settle();
    List<Long> forgotten = new ArrayList<>();
    driver.removeTombstones(Answer.of(forgotten::addAll, reason -> {}));
    List<String> outcomes = new ArrayList<>();
    driver.putStore(Store.newBuilder().setId(gone).build(), "", stateAnswer(outcomes));
    settle();
    driver.removeTombstones(Answer.of(forgotten::addAll, reason -> {}));
    settle();
    crash(new Random(1));
    assertThat(forgotten).containsExactly(gone);
    assertThat(outcomes)
        .singleElement()
        .asString()
        .startsWith("store " + gone + " was taken out of the cluster for good, and forgotten: ");
    List<Long> ids = new ArrayList<>();
    driver.stores(Answer.of(stores -> stores.forEach(each -> ids.add(each.getId())), r -> {}));
    assertThat(ids).containsExactly(Bootstrap.STORE_ID, stays);
    assertThat(join(5)).isGreaterThan(stays);
  }

  /** The driver stops to drive and begins again, and has heard of no other region yet. */
  private void drivesAnewKnowingOnly(PlacementTask.Leads system) {
    isTold = false;
    driver.onReport(new PlacementTask.Lost(Bootstrap.SYSTEM_REGION_ID, system.term()));
    driver.onReport(system);
    settle();
  }

  /** What a driver knew when it drove before may not be so any more; others have driven since. */
  @Test
  void aStoreIsNotBuriedOnWordOfAnEarlierTime() {
    start(SimEngine.kv(), SimEngine.raft(), 1);
    settle();
    long joined = join(5);
    driver.onStore(StoreStats.newBuilder().setStoreId(joined).build());
    settle();
    PlacementTask.Leads system = lastReport(Bootstrap.SYSTEM_REGION_ID);
    PlacementTask.Leads user = lastReport(Bootstrap.USER_REGION_ID);
    drivesAnewKnowingOnly(system);
    List<String> outcomes = new ArrayList<>();
    driver.setStoreState(joined, StoreState.Tombstone, stateAnswer(outcomes));
    settle();
    driver.onReport(user);
    settle();
    driver.setStoreState(joined, StoreState.Up, stateAnswer(outcomes));
    settle();
    assertThat(outcomes).containsExactly("Offline", "store " + joined + " was taken out for good");
  }

  /** Asked for again, of a driver that does not know all regions yet. */
  @Test
  void aStoreThatIsGoneStaysSoWhenItIsDeletedAgain() {
    start(SimEngine.kv(), SimEngine.raft(), 1);
    settle();
    long joined = join(5);
    driver.onStore(StoreStats.newBuilder().setStoreId(joined).build());
    settle();
    List<String> outcomes = new ArrayList<>();
    driver.setStoreState(joined, StoreState.Tombstone, stateAnswer(outcomes));
    settle();
    PlacementTask.Leads system = lastReport(Bootstrap.SYSTEM_REGION_ID);
    drivesAnewKnowingOnly(system);
    driver.setStoreState(joined, StoreState.Tombstone, stateAnswer(outcomes));
    settle();
    driver.putStore(Store.newBuilder().setId(joined).build(), "", stateAnswer(outcomes));
    settle();
    assertThat(outcomes)
        .containsExactly(
            "Tombstone", "Tombstone", "store " + joined + " was taken out of the cluster for good");
  }

  @Test
  void whoAsksForNoneOfTheStoresThatAreGoneIsToldOfNone() throws Exception {
    start(SimEngine.kv(), SimEngine.raft(), 1);
    settle();
    long gone = join(5);
    driver.setStoreState(gone, StoreState.Tombstone, Answer.ignored());
    settle();
    assertThat(storesAsToldTo(false)).containsExactly(Bootstrap.STORE_ID, gone);
    assertThat(storesAsToldTo(true)).containsExactly(Bootstrap.STORE_ID);
  }

  private List<Long> storesAsToldTo(boolean excludeTombstones) throws Exception {
    GetAllStoresRequest request =
        GetAllStoresRequest.newBuilder()
            .setHeader(RequestHeader.newBuilder().setClusterId(77))
            .setExcludeTombstoneStores(excludeTombstones)
            .build();
    CompletableFuture<byte[]> response = new CompletableFuture<>();
    new PdRelay(new DriverHere(() -> driver))
        .handle(
            "pdpb.PD/GetAllStores",
            request.toByteArray(),
            new PdRelay.Reply() {
              @Override
              public void done(byte[] bytes) {
                response.complete(bytes);
              }

              @Override
              public void fail(int status, String message) {
                response.completeExceptionally(new AssertionError(message));
              }
            });
    return GetAllStoresResponse.parseFrom(response.getNow(new byte[0])).getStoresList().stream()
        .map(Store::getId)
        .toList();
  }

  /** It would be too large for an entry, and one refused write is enough to depose a driver. */
  @Test
  void aServiceWithAnEndlessNameDoesNotDeposeTheDriver() {
    start(SimEngine.kv(), SimEngine.raft(), 1);
    settle();
    List<String> least = new ArrayList<>();
    driver.updateServiceSafePoint("s".repeat(9 << 20), 1000, 10, claimAnswer(least));
    store.settle();
    runDriver(Integer.MAX_VALUE);
    assertThat(driver.isActive()).isTrue();
    assertThat(least).containsExactly("the name of a service takes at most 256 bytes");
  }

  /** Whoever draws a new name each time would fill the driver's memory, and its region. */
  @Test
  void aServiceIsRefusedItsClaimWhenVeryManyHaveOne() {
    start(SimEngine.kv(), SimEngine.raft(), 1);
    settle();
    List<String> least = new ArrayList<>();
    for (int i = 0; i < 1025; i++) {
      driver.updateServiceSafePoint("service-" + i, 1000, 10, claimAnswer(least));
    }
    settle();
    assertThat(least).hasSize(1025).contains("1024 services have a claim already");
    assertThat(driver.isActive()).isTrue();
  }

  /** It may have lost its majority. The others must be found, and the cluster be of use. */
  @Test
  void aRegionThatSaysNothingDoesNotHideTheOthers() {
    isTold = false;
    start(SimEngine.kv(), SimEngine.raft(), 1);
    store.settle();
    driver.onReport(lastReport(Bootstrap.SYSTEM_REGION_ID));
    reported = store.placement().size();
    settle();
    assertThat(regionOf(ByteString.copyFromUtf8("k"))).contains("not ready");
    assertThat(regionOf(ByteString.copyFrom(Keys.reserved()))).isEqualTo("region 4");
    assertThat(driver.isReady()).isFalse();
    clock.advance(10_000);
    assertThat(driver.isReady()).isTrue();
  }

  /** A lesser one that is asked for while a greater one is on its way. */
  @Test
  void theCollectorsPointDoesNotMoveBackOverARestart() {
    start(SimEngine.kv(), SimEngine.raft(), 1);
    settle();
    List<Long> points = new ArrayList<>();
    driver.updateGcSafePoint(50, pointAnswer(points));
    driver.updateGcSafePoint(40, pointAnswer(points));
    settle();
    crash(new Random(1));
    driver.gcSafePoint(pointAnswer(points));
    assertThat(points).containsExactly(50L, 50L, 50L);
  }

  /** The first service moves on while the second claims what is before that. */
  @Test
  void nothingIsClaimedBehindAClaimThatIsOnItsWay() {
    start(SimEngine.kv(), SimEngine.raft(), 1);
    settle();
    List<String> least = new ArrayList<>();
    driver.updateServiceSafePoint("first", 1000, 10, claimAnswer(least));
    settle();
    driver.updateServiceSafePoint("first", 1000, 20, claimAnswer(least));
    driver.updateServiceSafePoint("second", 1000, 12, claimAnswer(least));
    settle();
    driver.updateServiceSafePoint("second", 1000, 20, claimAnswer(least));
    driver.updateServiceSafePoint("first", 0, 0, claimAnswer(least));
    settle();
    crash(new Random(1));
    driver.updateServiceSafePoint("third", 1000, 10, claimAnswer(least));
    assertThat(least)
        .containsExactly("first 10", "first 10", "first 20", "first 20", "second 20", "second 20");
  }

  private long join(long incarnation) {
    Set<Long> given = new TreeSet<>();
    driver.join(joinRequest(incarnation), joinAnswer(given));
    settle();
    return given.iterator().next();
  }

  private static JoinRequest joinRequest(long incarnation) {
    return joinRequest(incarnation, "new-" + incarnation, 0);
  }

  /**
   * @param began when the node began, in seconds
   */
  private static JoinRequest joinRequest(long incarnation, String address, long began) {
    return JoinRequest.newBuilder()
        .setIncarnation(incarnation)
        .setStore(
            Store.newBuilder().setAddress(address).setPeerAddress(address).setStartTimestamp(began))
        .build();
  }

  private String outcomeOf(JoinRequest request) {
    List<String> outcomes = new ArrayList<>();
    driver.join(request, outcomeAnswer(outcomes));
    settle();
    return String.join(", ", outcomes);
  }

  private static Answer<JoinResponse> outcomeAnswer(List<String> outcomes) {
    return Answer.of(
        response ->
            outcomes.add(response.getRefusal().isEmpty() ? "let in" : response.getRefusal()),
        outcomes::add);
  }

  private Store recordOf(long storeId) {
    List<Store> found = new ArrayList<>();
    driver.stores(Answer.of(found::addAll, reason -> {}));
    return found.stream().filter(store -> store.getId() == storeId).findFirst().orElseThrow();
  }

  private static Answer<Store> stateAnswer(List<String> outcomes) {
    return Answer.of(store -> outcomes.add(store.getState().name()), outcomes::add);
  }

  private String regionOf(ByteString key) {
    List<String> found = new ArrayList<>();
    driver.route(
        regions -> {
          RegionTree.Route route = regions.find(key);
          return route == null ? null : "region " + route.region().getId();
        },
        "nothing",
        Answer.of(found::add, found::add));
    return String.join(", ", found);
  }

  private PlacementTask.Leads lastReport(long regionId) {
    return store.placement().stream()
        .filter(PlacementTask.Leads.class::isInstance)
        .map(PlacementTask.Leads.class::cast)
        .filter(leads -> leads.region().getId() == regionId)
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  private static Answer<Long> pointAnswer(List<Long> points) {
    return Answer.of(points::add, reason -> {});
  }

  private static Answer<SafePoints.Minimum> claimAnswer(List<String> least) {
    return Answer.of(
        minimum -> least.add(minimum.service() + " " + minimum.safePoint()), least::add);
  }

  private static Answer<JoinResponse> joinAnswer(Set<Long> given) {
    return Answer.of(
        response -> {
          assertThat(response.getRefusal()).isEmpty();
          given.add(response.getStoreId());
        },
        reason -> {});
  }

  private void step(Random random) {
    int dice = random.nextInt(1000);
    if (dice < 120) {
      driver.timestamps(1 + random.nextInt(1000), timestampAnswer());
    } else if (dice < 240) {
      long count = 1L + random.nextInt(400);
      driver.allocate(count, idAnswer(count));
    } else if (dice < 500) {
      store.turn(4);
      passReports();
    } else if (dice < 700) {
      store.apply(4);
    } else if (dice < 900) {
      runDriver(4);
    } else if (dice < 940) {
      clock.advance(100);
      store.tick(Tick.RAFT);
      driver.tick();
    } else if (dice < 970) {
      clock.jumpWall(random.nextInt(20_000) - 10_000);
    } else if (dice < 980) {
      (random.nextBoolean() ? store.kv() : store.raft()).failWrite(1 + random.nextInt(3));
    } else if (dice < 990) {
      crash(random);
    } else {
      settle();
    }
  }

  private void start(SimEngine kv, SimEngine raft, long seed) {
    driverTasks.clear();
    reported = 0;
    store = SimStore.start(kv, raft, clock, RaftStoreConfig.defaults(), seed);
    driver =
        new PlacementDriver(
            77,
            self,
            store.router(),
            driverTasks::add,
            clock,
            new PlacementRules(3, Long.MAX_VALUE, Long.MAX_VALUE, "", 1 << 20),
            (storeId, command) -> {});
  }

  private void crash(Random random) {
    restarts++;
    SimEngine kv = store.kv().crash(random.nextLong());
    SimEngine raft = store.raft().crash(random.nextLong());
    start(kv, raft, random.nextLong());
    settle();
  }

  private void settle() {
    for (int i = 0; i < 10; i++) {
      store.settle();
      passReports();
      runDriver(Integer.MAX_VALUE);
      driver.tick();
    }
  }

  /** What leaders say, and they say it again to a driver that has just begun. */
  private void passReports() {
    if (isTold && driver.term() != toldTerm) {
      toldTerm = driver.term();
      store.tick(Tick.REGION_HEARTBEAT);
    }
    List<PlacementTask> all = store.placement();
    for (PlacementTask task : new ArrayList<>(all.subList(reported, all.size()))) {
      driver.onReport(task);
    }
    reported = all.size();
  }

  private void runDriver(int tasks) {
    for (int i = 0; i < tasks && !driverTasks.isEmpty(); i++) {
      driverTasks.remove().run();
    }
  }

  private Answer<Timestamp> timestampAnswer() {
    return Answer.of(
        last -> {
          long version = (last.physical() << 18) + last.logical();
          assertThat(version).isGreaterThan(lastVersion);
          lastVersion = version;
          timestamps++;
        },
        reason -> {});
  }

  private Answer<Long> idAnswer(long count) {
    return Answer.of(
        first -> {
          assertThat(first).isGreaterThan(lastId);
          lastId = first + count - 1;
          ids++;
        },
        reason -> {});
  }
}
