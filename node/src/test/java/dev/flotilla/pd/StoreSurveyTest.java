package dev.flotilla.pd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.engine.Keys;
import dev.flotilla.proto.admin.StoreStatus;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import dev.flotilla.proto.pdpb.StoreStats;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RaftCommands;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How stores are, and above all why store 4, which is to be empty, is not. */
class StoreSurveyTest {
  private static final long TERM = 6;
  private static final long LEAVING = 4;
  private static final Duration LEADER_LOST = Duration.ofMinutes(3);
  private static final PlacementRules RULES =
      new PlacementRules(3, Duration.ofHours(1).toNanos(), LEADER_LOST.toNanos(), "", 1 << 20);
  private static final ByteString RESERVED = ByteString.copyFrom(Keys.reserved());

  private final AtomicLong nanos = new AtomicLong();
  private final Clock clock =
      new Clock() {
        @Override
        public long nanos() {
          return nanos.get();
        }

        @Override
        public long unixMillis() {
          return 1;
        }
      };
  private final RegionTree regions = new RegionTree(clock);
  private final ActiveDriver driver = driver();

  private ActiveDriver driver() {
    Map<Long, Store> stores = new TreeMap<>();
    for (long id = 1; id <= 5; id++) {
      StoreState state = id == LEAVING ? StoreState.Offline : StoreState.Up;
      stores.put(
          id,
          Store.newBuilder()
              .setId(id)
              .setState(state)
              .setAddress("127.0.0.%d:20160".formatted(id))
              .setPeerAddress("127.0.0.%d:20170".formatted(id))
              .build());
    }
    SystemRegion region =
        new SystemRegion(
            msg -> true,
            task -> true,
            new PlacementTask.Leads(
                RaftCommands.REGION, Peer.getDefaultInstance(), TERM, 0, List.of(), List.of()));
    return new ActiveDriver(
        region,
        clock,
        new Records(TERM, 1000, 10_000, stores, Map.of(), 0, Map.of()),
        regions,
        RULES,
        1,
        () -> {});
  }

  private void know(Region.Builder region, long leader, long... stores) {
    for (long store : stores) {
      region.addPeers(Peer.newBuilder().setId(10 * region.getId() + store).setStoreId(store));
    }
    Peer leading =
        region.getPeersList().stream()
            .filter(peer -> peer.getStoreId() == leader)
            .findFirst()
            .orElseThrow();
    regions.update(new PlacementTask.Leads(region.build(), leading, TERM, 0, List.of(), List.of()));
  }

  private static Region.Builder region(long id, String start, ByteString end) {
    return Region.newBuilder().setId(id).setStartKey(ByteString.copyFromUtf8(start)).setEndKey(end);
  }

  /** Half a minute in which only these stores are heard of. */
  private void hearOnly(long... stores) {
    nanos.addAndGet(Duration.ofSeconds(31).toNanos());
    for (long store : stores) {
      driver.stores().onHeartbeat(StoreStats.newBuilder().setStoreId(store).build());
    }
  }

  private String reason() {
    return reason(LEAVING);
  }

  private String reason(long store) {
    return new StoreSurvey(driver, regions, RULES)
        .statuses().stream()
            .filter(status -> status.getStore().getId() == store)
            .map(StoreStatus::getReason)
            .findFirst()
            .orElseThrow();
  }

  /** As when the settings of another node were copied: clients find one of them only. */
  @Test
  void tellsOfStoresThatSayTheyAreAtOnePlace() {
    know(Region.newBuilder().setId(4), 1, 1);
    String address = "127.0.0.1:20160";
    for (long id = 1; id <= 3; id++) {
      driver
          .stores()
          .put(
              Store.newBuilder()
                  .setId(id)
                  .setAddress(id == 3 ? "127.0.0.1:20161" : address)
                  .setPeerAddress("127.0.0.1:2017" + id)
                  .build());
      driver.stores().onProposed(Objects.requireNonNull(driver.stores().find(id)));
    }
    assertThat(reason(1)).startsWith("it says that it is where store 2 is");
    assertThat(reason(2)).startsWith("it says that it is where store 1 is");
    assertThat(reason(3)).isEmpty();
  }

  /** Nothing is done to them, whatever room there is elsewhere. */
  @Test
  void tellsOfRegionsThatHaveNoLeader() {
    ByteString first = ByteString.copyFromUtf8("c");
    ByteString second = ByteString.copyFromUtf8("m");
    know(region(10, "", first), LEAVING, 2, 3, LEAVING);
    know(region(11, "c", second), 2, 1, 2, LEAVING);
    know(
        region(12, "m", RESERVED)
            .addPeers(Peer.newBuilder().setId(129).setStoreId(2).setRole(PeerRole.Learner).build()),
        1,
        1,
        LEAVING);
    know(Region.newBuilder().setId(4).setStartKey(RESERVED), 1, 1);
    assertThat(reason()).isEmpty();
    hearOnly(1, 2, 3, LEAVING, 5);
    assertThat(reason()).isEmpty();
    hearOnly(1, 3, LEAVING, 5);
    assertThat(reason())
        .as("of the second, as far as is known")
        .isEqualTo("it has a replica of 1 region without a leader");
    hearOnly(1, LEAVING, 5);
    assertThat(reason()).isEqualTo("it has a replica of 2 regions without a leader");
  }

  @Test
  void tellsThatRegionsMayHaveNoLeaderWhileNobodySpeaksOfThem() {
    know(Region.newBuilder().setId(4).setStartKey(RESERVED), 1, 1);
    assertThat(reason()).isEqualTo("not all regions are known yet: some may have no leader");
    assertThat(reason(1)).isEqualTo("not all regions are known yet: some may have no leader");
  }

  /** By whom to turn to nothing else shows it: all stores are there. */
  @Test
  void tellsOfRegionsOfWhichNobodySpeaksThoughAllTheirStoresDo() {
    know(region(10, "", RESERVED), 2, 1, 2, LEAVING);
    know(Region.newBuilder().setId(4).setStartKey(RESERVED), 1, 1, 2, 3);
    nanos.addAndGet(LEADER_LOST.toNanos());
    know(Region.newBuilder().setId(4).setStartKey(RESERVED), 1, 1, 2, 3);
    hearOnly(1, 2, 3, LEAVING, 5);
    String expected = "it has a replica of 1 region without a leader";
    assertThat(reason()).isEqualTo(expected);
    assertThat(reason(1)).isEqualTo(expected);
    assertThat(reason(2)).isEqualTo(expected);
    assertThat(reason(3)).isEmpty();
    know(region(10, "", RESERVED), 2, 1, 2, LEAVING);
    assertThat(reason()).isEmpty();
    assertThat(reason(1)).isEmpty();
  }
}
