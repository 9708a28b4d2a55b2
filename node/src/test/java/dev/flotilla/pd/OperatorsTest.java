package dev.flotilla.pd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.pdpb.RegionHeartbeatResponse;
import dev.flotilla.proto.pdpb.StoreStats;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.StoppedClock;
import dev.flotilla.sim.SimClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One change a region at a time, and who decides which. */
class OperatorsTest {
  private static final PlacementTask.Leads TWO_REPLICAS =
      new PlacementTask.Leads(
          Region.newBuilder().setId(7).addPeers(peerOn(1)).addPeers(peerOn(2)).build(),
          peerOn(1),
          5,
          0,
          List.of(),
          List.of());

  private final SimClock clock = new SimClock();
  private final Stores stores = new Stores(clock, Long.MAX_VALUE, Map.of(), Map.of());
  private final RegionTree regions = new RegionTree(new StoppedClock(1, 1));
  private final Forecast forecast = new Forecast(regions);
  private final ReplicaChecker checker =
      new ReplicaChecker(stores, region -> 3, forecast::replicasOn);
  private final List<LongConsumer> waitingForIds = new ArrayList<>();
  private final Operators operators =
      new Operators(
          clock,
          stores,
          checker,
          new Balancer(clock, stores, forecast, checker),
          forecast,
          (taker, failed) -> waitingForIds.add(taker));

  private static Peer peerOn(long storeId) {
    return Peer.newBuilder().setId(storeId).setStoreId(storeId).build();
  }

  @BeforeEach
  void threeStoresAreUp() {
    for (long id = 1; id <= 3; id++) {
      stores.put(Store.newBuilder().setId(id).build());
    }
  }

  @Test
  void aPlanBeginsWhenItHasItsId() {
    assertThat(operators.onHeartbeat(TWO_REPLICAS)).isNull();
    assertThat(operators.onHeartbeat(TWO_REPLICAS)).isNull();
    assertThat(waitingForIds).hasSize(1);
    waitingForIds.get(0).accept(30);
    assertThat(operators.list()).extracting(Operator::reason).containsExactly("add-replica");
    assertThat(operators.onHeartbeat(TWO_REPLICAS))
        .satisfies(told -> assertThat(told.getChangePeer().getPeer().getId()).isEqualTo(30));
  }

  /** What a person asks for counts more than what the driver was about to do. */
  @Test
  void aPlanThatWasMadeBeforeSomebodyAskedForAnotherChangeIsDropped() {
    operators.onHeartbeat(TWO_REPLICAS);
    Operator asked = new Operator(7, "asked-for", List.of(new Operator.Lead(peerOn(2))), 1000);
    operators.ask(asked);
    waitingForIds.get(0).accept(30);
    assertThat(operators.list()).containsExactly(asked);
  }

  /** By evenness a leader would be sent back in the moment in which it has come. */
  @Test
  void whatWasAskedForIsNotUndoneForEvenness() {
    PlacementTask.Leads first = ledByOne(7, "", "m");
    PlacementTask.Leads second = ledByOne(8, "m", "");
    regions.update(first);
    regions.update(second);
    settle();
    operators.ask(new Operator(7, "asked-for", List.of(new Operator.Lead(peerOn(1))), 1));
    assertThat(operators.onHeartbeat(first)).isNull();
    assertThat(operators.list()).isEmpty();

    assertThat(operators.onHeartbeat(second)).isNotNull();
    assertThat(operators.list()).extracting(Operator::reason).containsExactly("balance-leader");
    operators.cancel(8);

    clock.advance(Duration.ofMinutes(11).toMillis());
    threeStoresAreUp();
    assertThat(operators.onHeartbeat(first)).isNotNull();
  }

  /** A plugin that refuses a handover would be asked for ever, and others would wait for it. */
  @Test
  void whatWasRefusedForEvennessIsNotTriedAgainSoon() {
    PlacementTask.Leads first = ledByOne(7, "", "m");
    regions.update(first);
    regions.update(ledByOne(8, "m", ""));
    settle();
    assertThat(operators.onHeartbeat(first)).isNotNull();
    Operator refused = operators.list().get(0);
    assertThat(operators.giveUpIfNotNeeded(refused)).isTrue();
    assertThat(operators.onHeartbeat(first)).isNull();
    assertThat(operators.list()).isEmpty();

    clock.advance(Duration.ofMinutes(11).toMillis());
    threeStoresAreUp();
    assertThat(operators.onHeartbeat(first)).isNotNull();
  }

  /** As when the store dies that was to hand it over, and a third one leads. */
  @Test
  void aHandoverForEvennessIsGivenUpWhenTheRegionHasGotAnotherLeader() {
    PlacementTask.Leads first = ledByOne(7, "", "m");
    regions.update(first);
    regions.update(ledByOne(8, "m", ""));
    settle();
    RegionHeartbeatResponse told = Objects.requireNonNull(operators.onHeartbeat(first));
    long target = told.getTransferLeader().getPeer().getStoreId();
    PlacementTask.Leads after =
        new PlacementTask.Leads(
            first.region(), peerOn(5 - target), first.term() + 1, 0, List.of(), List.of());
    assertThat(operators.onHeartbeat(after)).isNull();
    assertThat(operators.list()).isEmpty();
  }

  @Test
  void whatKeepsDataSafeIsTriedThoughItWasRefused() {
    operators.onHeartbeat(TWO_REPLICAS);
    waitingForIds.get(0).accept(30);
    assertThat(operators.giveUpIfNotNeeded(operators.list().get(0))).isFalse();
    assertThat(operators.onHeartbeat(TWO_REPLICAS)).isNotNull();
  }

  /** They would come to where nothing is ready for them, and as likely go again. */
  @Test
  void leadersThatHaveJustComeAreNotMovedForEvenness() {
    settle();
    PlacementTask.Leads first = ledByOne(7, "", "m");
    PlacementTask.Leads second = ledBy(ledByOne(8, "m", "").region(), peerOn(2));
    regions.update(first);
    regions.update(second);
    assertThat(operators.onHeartbeat(second)).isNull();

    PlacementTask.Leads moved =
        new PlacementTask.Leads(second.region(), peerOn(1), 7, 0, List.of(), List.of());
    regions.update(moved);
    assertThat(operators.onHeartbeat(moved)).isNull();
    assertThat(operators.list()).isEmpty();
    settle();
    assertThat(operators.onHeartbeat(moved)).isNotNull();
    assertThat(operators.list()).extracting(Operator::reason).containsExactly("balance-leader");
  }

  /**
   * It would be sent from where it was first served as soon as a cluster has been there a while.
   */
  @Test
  void oneRegionStaysWhereTheSystemRegionIsLedToo() {
    regions.update(ledByOne(Regions.SYSTEM_REGION_ID, "\u00ff", ""));
    PlacementTask.Leads only = ledByOne(7, "", "\u00ff");
    regions.update(only);
    settle();
    assertThat(operators.onHeartbeat(only)).isNull();
    assertThat(operators.list()).isEmpty();
  }

  private void settle() {
    clock.advance(Duration.ofSeconds(30).toMillis());
    threeStoresAreUp();
  }

  /** Each handover counts from the moment in which it is told, so none is told in vain. */
  @Test
  void leadersAreEvenedOutSeveralAtATimeAndEachMovesOnce() {
    Map<Long, PlacementTask.Leads> reports = ledByOne(12);
    settle();
    int told = 0;
    for (int round = 0; round < 8; round++) {
      List<RegionHeartbeatResponse> commands = heartbeats(reports);
      assertThat(commands).hasSizeLessThanOrEqualTo(4);
      told += commands.size();
      for (RegionHeartbeatResponse command : commands) {
        reports.computeIfPresent(
            command.getRegionId(),
            (id, before) -> ledBy(before.region(), command.getTransferLeader().getPeer()));
        regions.update(Objects.requireNonNull(reports.get(command.getRegionId())));
      }
    }
    assertThat(told).isEqualTo(8);
    assertThat(List.of(regions.leadersOn(1), regions.leadersOn(2), regions.leadersOn(3)))
        .containsOnly(4L);
    assertThat(operators.list()).isEmpty();
  }

  @Test
  void regionsThatAreNotHeardOfDoNotKeepOthersFromTheirTurn() {
    Map<Long, PlacementTask.Leads> reports = ledByOne(12);
    settle();
    List<Long> first =
        heartbeats(reports).stream().map(RegionHeartbeatResponse::getRegionId).toList();
    assertThat(first).hasSize(4);
    first.forEach(reports::remove);
    assertThat(heartbeats(reports)).isEmpty();
    clock.advance(Duration.ofSeconds(10).toMillis());
    assertThat(heartbeats(reports)).hasSize(4);
  }

  /** By the numbers of now the fourth store would be sent one of each region. */
  @Test
  void replicasAreEvenedOutSeveralAtATimeAndEachMovesOnce() {
    Map<Long, PlacementTask.Leads> reports = ledByOne(3);
    for (PlacementTask.Leads report : List.copyOf(reports.values())) {
      hears(reports, ledBy(report.region(), peerOn(1 + report.region().getId() % 3)));
    }
    stores.put(Store.newBuilder().setId(4).build());
    clock.advance(Duration.ofSeconds(6).toMillis());

    for (int round = 0; round < 4; round++) {
      heartbeats(reports);
      List.copyOf(waitingForIds).forEach(taker -> taker.accept(100 + waitingForIds.size()));
      waitingForIds.clear();
    }
    assertThat(operators.list())
        .as("the stores will have 2, 2, 3 and 2")
        .hasSize(2)
        .allMatch(operator -> operator.reason().equals("balance-region"));

    for (Operator operator : operators.list()) {
      Operator.AddLearner come = (Operator.AddLearner) operator.steps().get(0);
      Operator.Remove go = (Operator.Remove) operator.steps().get(2);
      PlacementTask.Leads before = Objects.requireNonNull(reports.get(operator.regionId()));
      Region.Builder after = before.region().toBuilder().addPeers(come.peer());
      after.removePeers(before.region().getPeersList().indexOf(go.peer()));
      after.getRegionEpochBuilder().setConfVer(3);
      Peer leader = before.leader().equals(go.peer()) ? come.peer() : before.leader();
      hears(reports, ledBy(after.build(), leader));
    }
    assertThat(regions.replicasOn(4)).isEqualTo(2);
    heartbeats(reports);
    assertThat(waitingForIds).as("even").isEmpty();
    assertThat(operators.list()).isEmpty();
  }

  @Test
  void noReplicaIsMovedToWhereLittleSpaceIsLeft() {
    Map<Long, PlacementTask.Leads> reports = ledByOne(3);
    for (PlacementTask.Leads report : List.copyOf(reports.values())) {
      hears(reports, ledBy(report.region(), peerOn(1 + report.region().getId() % 3)));
    }
    stores.put(Store.newBuilder().setId(4).build());
    hasLeft(4, 0);
    clock.advance(Duration.ofSeconds(6).toMillis());
    assertThat(movesAfterHeartbeats(reports)).isEmpty();
    hasLeft(4, 100);
    for (long id = 1; id <= 3; id++) {
      hasLeft(id, 10);
    }
    assertThat(movesAfterHeartbeats(reports)).as("away from there").hasSize(2);
  }

  /** Or the driver would even out what is being evened out, and then back. */
  @Test
  void whatWasAskedForIsCounted() {
    ledByOne(4);
    askFor(10, new Operator.Lead(peerOn(2)));
    askFor(11, new Operator.Lead(peerOn(3)));
    assertThat(forecast.leadersOn(1)).isEqualTo(2);
    assertThat(forecast.leadersOn(2)).isEqualTo(1);
    Peer moved = Peer.newBuilder().setId(40).setStoreId(4).build();
    askFor(12, new Operator.AddLearner(moved), new Operator.Remove(peerOn(1)));
    assertThat(forecast.replicasOn(1)).isEqualTo(3);
    assertThat(forecast.replicasOn(4)).isEqualTo(1);
    operators.cancel(12);
    assertThat(forecast.replicasOn(4)).isZero();
  }

  private void askFor(long regionId, Operator.Step... steps) {
    operators.ask(new Operator(regionId, "asked-for", List.of(steps), Long.MAX_VALUE));
  }

  /** Where no data is taken any more it does not help that others have as many replicas. */
  @Test
  void replicasLeaveWhereSpaceRunsOut() {
    Map<Long, PlacementTask.Leads> reports = ledByOne(2);
    stores.put(Store.newBuilder().setId(4).build());
    Region.Builder other = ledByOne(11, "b", "").region().toBuilder().setPeers(1, peerOn(4));
    hears(reports, ledBy(other.build(), peerOn(3)));
    clock.advance(Duration.ofSeconds(6).toMillis());
    hasLeft(4, 100);
    hasLeft(2, 10);
    assertThat(movesAfterHeartbeats(reports)).as("little is left, but enough").isEmpty();
    hasLeft(2, 9);
    assertThat(movesAfterHeartbeats(reports))
        .singleElement()
        .satisfies(
            move -> {
              assertThat(move.reason()).isEqualTo("relieve-store");
              assertThat(move.steps()).contains(new Operator.Remove(peerOn(2)));
              assertThat(move.steps().get(0))
                  .isInstanceOfSatisfying(
                      Operator.AddLearner.class,
                      added -> assertThat(added.peer().getStoreId()).isEqualTo(4));
            });
    operators.cancel(10);
    hasLeft(4, 10);
    assertThat(movesAfterHeartbeats(reports)).as("nowhere to go").isEmpty();
  }

  @Test
  void noReplicaGoesToWhereSpaceWouldRunOutByIt() {
    Map<Long, PlacementTask.Leads> reports = ledByOne(2);
    stores.put(Store.newBuilder().setId(4).build());
    Region.Builder other = ledByOne(11, "b", "").region().toBuilder().setPeers(1, peerOn(4));
    hears(reports, ledBy(other.build(), peerOn(3)));
    clock.advance(Duration.ofSeconds(6).toMillis());
    hasLeft(2, 9);
    hasLeft(4, 100);
    hears(reports, large(ledByOne(10, "", "b"), 81));
    assertThat(movesAfterHeartbeats(reports)).as("a fifth would not be left").isEmpty();
    hears(reports, large(ledByOne(10, "", "b"), 80));
    assertThat(movesAfterHeartbeats(reports)).extracting(Operator::regionId).containsExactly(10L);
  }

  private static PlacementTask.Leads large(PlacementTask.Leads leads, long bytes) {
    return new PlacementTask.Leads(
        leads.region(), leads.leader(), leads.term(), bytes, List.of(), List.of());
  }

  @Test
  void leadersGoWhereThereIsSpace() {
    Map<Long, PlacementTask.Leads> reports = ledByOne(6);
    heartbeats(reports);
    clock.advance(Duration.ofSeconds(31).toMillis());
    threeStoresAreUp();
    hasLeft(2, 0);
    assertThat(leadersAsked(reports)).containsOnly(3L);
    hasLeft(3, 10);
    assertThat(leadersAsked(reports)).as("nowhere").isEmpty();
    hasLeft(1, 10);
    assertThat(leadersAsked(reports)).as("not where no data is taken").containsOnly(3L);
    hasLeft(1, 0);
    assertThat(leadersAsked(reports)).as("it is worst here").contains(2L, 3L);
  }

  private List<Long> leadersAsked(Map<Long, PlacementTask.Leads> reports) {
    List<Long> asked =
        heartbeats(reports).stream()
            .map(command -> command.getTransferLeader().getPeer().getStoreId())
            .toList();
    reports.keySet().forEach(operators::cancel);
    return asked;
  }

  private void hasLeft(long storeId, long available) {
    stores.onHeartbeat(
        StoreStats.newBuilder()
            .setStoreId(storeId)
            .setCapacity(100)
            .setAvailable(available)
            .build());
  }

  @Test
  void movesOfRegionsThatAreNotHeardOfDoNotKeepOthersFromTheirTurn() {
    Map<Long, PlacementTask.Leads> reports = ledByOne(12);
    for (PlacementTask.Leads report : List.copyOf(reports.values())) {
      hears(reports, ledBy(report.region(), peerOn(1 + report.region().getId() % 3)));
    }
    stores.put(Store.newBuilder().setId(4).build());
    clock.advance(Duration.ofSeconds(6).toMillis());
    assertThat(movesAfterHeartbeats(reports)).hasSize(3);
    operators.list().forEach(move -> reports.remove(move.regionId()));

    clock.advance(Duration.ofMinutes(11).toMillis());
    for (long id = 1; id <= 4; id++) {
      stores.put(Store.newBuilder().setId(id).build());
    }
    assertThat(movesAfterHeartbeats(reports))
        .hasSize(3)
        .allMatch(move -> reports.containsKey(move.regionId()));
  }

  private List<Operator> movesAfterHeartbeats(Map<Long, PlacementTask.Leads> reports) {
    for (int round = 0; round < 4; round++) {
      heartbeats(reports);
      List.copyOf(waitingForIds).forEach(taker -> taker.accept(100 + waitingForIds.size()));
      waitingForIds.clear();
    }
    return operators.list();
  }

  private void hears(Map<Long, PlacementTask.Leads> reports, PlacementTask.Leads report) {
    reports.put(report.region().getId(), report);
    regions.update(report);
  }

  /** A tick of the driver, and word of all regions. */
  private List<RegionHeartbeatResponse> heartbeats(Map<Long, PlacementTask.Leads> reports) {
    operators.cancelOverdue();
    List<RegionHeartbeatResponse> commands = new ArrayList<>();
    for (PlacementTask.Leads report : reports.values()) {
      RegionHeartbeatResponse command = operators.onHeartbeat(report);
      if (command != null) {
        commands.add(command);
      }
    }
    return commands;
  }

  private Map<Long, PlacementTask.Leads> ledByOne(int count) {
    Map<Long, PlacementTask.Leads> reports = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      String start = i == 0 ? "" : String.valueOf((char) ('a' + i));
      String end = i == count - 1 ? "" : String.valueOf((char) ('b' + i));
      PlacementTask.Leads report = ledByOne(10 + i, start, end);
      reports.put(10L + i, report);
      regions.update(report);
    }
    return reports;
  }

  private static PlacementTask.Leads ledBy(Region region, Peer leader) {
    return new PlacementTask.Leads(region, leader, 6, 0, List.of(), List.of());
  }

  private static PlacementTask.Leads ledByOne(long id, String start, String end) {
    Region region =
        Region.newBuilder()
            .setId(id)
            .setStartKey(ByteString.copyFromUtf8(start))
            .setEndKey(ByteString.copyFromUtf8(end))
            .addAllPeers(List.of(peerOn(1), peerOn(2), peerOn(3)))
            .build();
    return new PlacementTask.Leads(region, peerOn(1), 5, 0, List.of(), List.of());
  }
}
