package dev.flotilla.pd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.pd.ReplicaChecker.Plan;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreLabel;
import dev.flotilla.proto.metapb.StoreState;
import dev.flotilla.proto.pdpb.StoreStats;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.PlacementTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReplicaCheckerTest {
  private static final Duration DOWN_AFTER = Duration.ofMinutes(30);

  private final Map<Long, Long> replicas = new HashMap<>();
  private long nowNanos = 1;
  private final Stores stores =
      new Stores(
          new Clock() {
            @Override
            public long nanos() {
              return nowNanos;
            }

            @Override
            public long unixMillis() {
              return 0;
            }
          },
          DOWN_AFTER.toNanos(),
          Map.of(),
          Map.of());
  private final ReplicaChecker checker =
      new ReplicaChecker(stores, region -> 3, id -> replicas.getOrDefault(id, 0L));

  private void store(long id, String... labels) {
    Store.Builder store = Store.newBuilder().setId(id).setState(StoreState.Up);
    for (String label : labels) {
      String[] parts = label.split("=", 2);
      store.addLabels(StoreLabel.newBuilder().setKey(parts[0]).setValue(parts[1]));
    }
    stores.put(store.build());
  }

  private void hear(long... ids) {
    for (long id : ids) {
      stores.put(Objects.requireNonNull(stores.find(id)));
    }
  }

  private static Peer peerOn(long storeId) {
    return Peer.newBuilder().setId(storeId * 10).setStoreId(storeId).build();
  }

  private @Nullable Plan check(Peer... peers) {
    Region region = Region.newBuilder().setId(7).addAllPeers(List.of(peers)).build();
    return checker.check(new PlacementTask.Leads(region, peers[0], 5, 0, List.of(), List.of()));
  }

  /** What a plan comes to, in words. */
  private sealed interface Step {}

  private record Add(long storeId) implements Step {}

  private record Raise(Peer peer) implements Step {}

  private record Drop(Peer peer) implements Step {}

  private static List<Step> steps(@Nullable Plan plan) {
    List<Step> steps = new ArrayList<>();
    if (plan != null && plan.in() != null) {
      steps.add(plan.needsId() ? new Add(plan.in().getStoreId()) : new Raise(plan.in()));
    }
    if (plan != null && plan.out() != null) {
      steps.add(new Drop(plan.out()));
    }
    return steps;
  }

  @Test
  void leavesAloneWhatIsAsItShouldBe() {
    for (long id = 1; id <= 4; id++) {
      store(id);
    }
    assertThat(check(peerOn(1), peerOn(2), peerOn(3))).isNull();
  }

  private boolean isStuck(long storeId, Peer... peers) {
    Region region = Region.newBuilder().setId(7).addAllPeers(List.of(peers)).build();
    return checker.isStuck(region, storeId);
  }

  @Test
  void knowsWhatNoOtherStoreCanTake() {
    for (long id = 1; id <= 3; id++) {
      store(id);
    }
    assertThat(isStuck(1, peerOn(1), peerOn(2), peerOn(3))).isTrue();
    assertThat(isStuck(4, peerOn(1), peerOn(2), peerOn(3))).as("has none").isFalse();
    assertThat(isStuck(1, peerOn(1), peerOn(2))).as("goes to 3").isFalse();
    assertThat(isStuck(4, peerOn(1), peerOn(2), peerOn(3), peerOn(4))).as("is spared").isFalse();
    store(4);
    assertThat(isStuck(1, peerOn(1), peerOn(2), peerOn(3))).as("goes to 4").isFalse();
  }

  @Test
  void addsOnTheStoreWithFewestReplicas() {
    for (long id = 1; id <= 4; id++) {
      store(id);
    }
    replicas.putAll(Map.of(2L, 9L, 3L, 4L, 4L, 8L));
    assertThat(steps(check(peerOn(1)))).containsExactly(new Add(3));
  }

  @Test
  void hostsAndZonesWeighMoreThanEvenness() {
    store(1, "zone=north", "host=a");
    store(2, "zone=north", "host=a");
    store(3, "zone=north", "host=b");
    store(4, "zone=south", "host=c");
    replicas.putAll(Map.of(2L, 1L, 3L, 5L, 4L, 90L));
    assertThat(steps(check(peerOn(1)))).as("another zone").containsExactly(new Add(4));
    assertThat(steps(check(peerOn(1), peerOn(4)))).as("another host").containsExactly(new Add(3));
  }

  @Test
  void replacesOnlyAfterTheStoreHasBeenSilentForLong() {
    for (long id = 1; id <= 4; id++) {
      store(id);
    }
    nowNanos += DOWN_AFTER.toNanos() - 1;
    hear(1, 2, 4);
    assertThat(check(peerOn(1), peerOn(2), peerOn(3))).isNull();
    nowNanos += 1;
    assertThat(steps(check(peerOn(1), peerOn(2), peerOn(3))))
        .containsExactly(new Add(4), new Drop(peerOn(3)));
  }

  @Test
  void keepsALostReplicaWhileNoStoreCanTakeAnother() {
    store(1);
    store(2);
    assertThat(check(peerOn(1), peerOn(2), peerOn(3))).isNull();
  }

  @Test
  void theReplicaThatGoesLeavesItsPlaceFree() {
    store(1, "host=a");
    store(2, "host=b");
    store(4, "host=c");
    store(5, "host=b");
    replicas.put(4L, 3L);
    // Store 3 is gone; host b has a replica, so host c is better although it has more.
    assertThat(steps(check(peerOn(1), peerOn(2), peerOn(3))))
        .containsExactly(new Add(4), new Drop(peerOn(3)));
  }

  @Test
  void removesWhatIsTooMuchButNotTheLeader() {
    for (long id = 1; id <= 4; id++) {
      store(id);
    }
    replicas.putAll(Map.of(1L, 99L, 2L, 1L, 3L, 7L, 4L, 2L));
    assertThat(steps(check(peerOn(1), peerOn(2), peerOn(3), peerOn(4))))
        .containsExactly(new Drop(peerOn(3)));
  }

  @Test
  void removesTheOneThatSharesItsPlace() {
    store(1, "zone=north");
    store(2, "zone=south");
    store(3, "zone=south");
    store(4, "zone=east");
    replicas.putAll(Map.of(2L, 2L, 3L, 3L, 4L, 99L));
    assertThat(steps(check(peerOn(1), peerOn(2), peerOn(3), peerOn(4))))
        .containsExactly(new Drop(peerOn(3)));
  }

  private @Nullable Plan spread(Peer... peers) {
    Region region = Region.newBuilder().setId(7).addAllPeers(List.of(peers)).build();
    return checker.spread(new PlacementTask.Leads(region, peers[0], 5, 0, List.of(), List.of()));
  }

  @Test
  void movesAReplicaToAZoneThatHasNone() {
    store(1, "zone=north");
    store(2, "zone=north");
    store(3, "zone=south");
    assertThat(spread(peerOn(1), peerOn(2), peerOn(3))).as("no other store").isNull();
    store(4, "zone=south");
    assertThat(spread(peerOn(1), peerOn(2), peerOn(3))).as("nowhere better").isNull();
    store(5, "zone=east");
    replicas.put(5L, 99L);
    assertThat(steps(spread(peerOn(1), peerOn(2), peerOn(3))))
        .as("the leader stays")
        .containsExactly(new Add(5), new Drop(peerOn(2)));
    assertThat(spread(peerOn(1), peerOn(5), peerOn(3))).as("that is all").isNull();
  }

  @Test
  void waitsForNoReplicaThatIsWrongOrGone() {
    store(1);
    store(2);
    Peer learner = peerOn(2).toBuilder().setRole(PeerRole.Learner).build();
    Region region = Region.newBuilder().setId(7).addPeers(peerOn(1)).addPeers(learner).build();
    Operator.Step swap = new Operator.Swap(learner, peerOn(1));
    assertThat(checker.isHopeless(region, swap)).isFalse();
    Region judged =
        region.toBuilder().setPeers(1, learner.toBuilder().setQuarantined(true)).build();
    assertThat(checker.isHopeless(judged, swap)).as("in quarantine").isTrue();
    nowNanos += DOWN_AFTER.toNanos();
    hear(1);
    assertThat(checker.isHopeless(region, swap)).as("its store is down").isTrue();
  }

  private void hasLeft(long storeId, long availableGib) {
    stores.onHeartbeat(
        StoreStats.newBuilder()
            .setStoreId(storeId)
            .setCapacity(30L << 30)
            .setAvailable(availableGib << 30)
            .build());
  }

  @Test
  void putsNoReplicaWhereLittleSpaceIsLeft() {
    for (long id = 1; id <= 4; id++) {
      store(id);
    }
    replicas.putAll(Map.of(1L, 9L, 2L, 9L, 3L, 2L, 4L, 1L));
    hasLeft(4, 5);
    assertThat(steps(check(peerOn(1), peerOn(2)))).containsExactly(new Add(3));
    hasLeft(3, 5);
    assertThat(check(peerOn(1), peerOn(2))).as("nowhere").isNull();
    assertThat(isStuck(1, peerOn(1), peerOn(2))).isTrue();
    hasLeft(4, 6);
    assertThat(steps(check(peerOn(1), peerOn(2)))).as("room was made").containsExactly(new Add(4));
  }

  @Test
  void spreadsNoReplicaToWhereLittleSpaceIsLeft() {
    store(1, "zone=north");
    store(2, "zone=north");
    store(3, "zone=south");
    store(4, "zone=east");
    store(5, "zone=west");
    replicas.put(5L, 99L);
    hasLeft(2, 1);
    hasLeft(4, 1);
    assertThat(steps(spread(peerOn(1), peerOn(2), peerOn(3))))
        .as("away from it is well")
        .containsExactly(new Add(5), new Drop(peerOn(2)));
    hasLeft(5, 1);
    assertThat(spread(peerOn(1), peerOn(2), peerOn(3))).isNull();
  }

  @Test
  void letsALearnerVoteFirst() {
    for (long id = 1; id <= 3; id++) {
      store(id);
    }
    Peer learner = peerOn(3).toBuilder().setRole(PeerRole.Learner).build();
    assertThat(steps(check(peerOn(1), peerOn(2), learner))).containsExactly(new Raise(learner));
  }

  @Test
  void aLearnerTakesThePlaceOfAVoterThatIsLost() {
    store(1);
    store(2);
    store(4);
    Peer learner = peerOn(4).toBuilder().setRole(PeerRole.Learner).build();
    assertThat(steps(check(peerOn(1), peerOn(2), peerOn(3), learner)))
        .containsExactly(new Raise(learner), new Drop(peerOn(3)));
  }

  @Test
  void aLearnerTooManyGoes() {
    for (long id = 1; id <= 4; id++) {
      store(id);
    }
    Peer learner = peerOn(4).toBuilder().setRole(PeerRole.Learner).build();
    assertThat(steps(check(peerOn(1), peerOn(2), peerOn(3), learner)))
        .containsExactly(new Drop(learner));
  }

  @Test
  void aLostReplicaIsReplacedWhereThereAreTooFewAsWell() {
    store(1);
    store(4);
    assertThat(steps(check(peerOn(1), peerOn(2)))).containsExactly(new Add(4), new Drop(peerOn(2)));
  }

  @Test
  void leavesARegionAloneThatIsBetweenTwoMemberships() {
    for (long id = 1; id <= 4; id++) {
      store(id);
    }
    Peer in = peerOn(4).toBuilder().setRole(PeerRole.IncomingVoter).build();
    Peer out = peerOn(3).toBuilder().setRole(PeerRole.DemotingVoter).build();
    assertThat(check(peerOn(1), peerOn(2), out, in)).isNull();
  }

  @Test
  void replacesAReplicaInQuarantine() {
    for (long id = 1; id <= 4; id++) {
      store(id);
    }
    Peer wrong = peerOn(2).toBuilder().setQuarantined(true).build();
    assertThat(steps(check(peerOn(1), wrong, peerOn(3))))
        .containsExactly(new Add(4), new Drop(wrong));
    assertThat(steps(check(peerOn(1), wrong, peerOn(3), peerOn(4))))
        .as("one too many")
        .containsExactly(new Drop(wrong));
  }

  @Test
  void aReplicaInQuarantineMakesRoomForItsSuccessor() {
    for (long id = 1; id <= 3; id++) {
      store(id);
    }
    Peer wrong = peerOn(2).toBuilder().setQuarantined(true).build();
    assertThat(steps(check(peerOn(1), wrong, peerOn(3)))).containsExactly(new Drop(wrong));
    assertThat(steps(check(peerOn(1), peerOn(3)))).containsExactly(new Add(2));
  }

  @Test
  void aLearnerInQuarantineIsNotMadeAVoter() {
    for (long id = 1; id <= 3; id++) {
      store(id);
    }
    Peer wrong = peerOn(3).toBuilder().setRole(PeerRole.Learner).setQuarantined(true).build();
    assertThat(steps(check(peerOn(1), peerOn(2), wrong))).containsExactly(new Drop(wrong));
  }

  @Test
  void takesNoSideInADispute() {
    for (long id = 1; id <= 4; id++) {
      store(id);
    }
    Region region =
        Region.newBuilder()
            .setId(7)
            .addPeers(peerOn(1))
            .addPeers(peerOn(2))
            .setDisputed(true)
            .build();
    assertThat(
            checker.check(new PlacementTask.Leads(region, peerOn(1), 5, 0, List.of(), List.of())))
        .isNull();
  }
}
