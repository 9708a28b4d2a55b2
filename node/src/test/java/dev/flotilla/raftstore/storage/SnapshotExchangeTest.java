package dev.flotilla.raftstore.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.snap.RegionTask;
import dev.flotilla.sim.SimClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** When a leader on store 1 has a snapshot built for a peer; peer 10 + i is on store i. */
class SnapshotExchangeTest {
  private static final Region REGION =
      Region.newBuilder()
          .setId(7)
          .addPeers(Peer.newBuilder().setId(11).setStoreId(1))
          .addPeers(Peer.newBuilder().setId(12).setStoreId(2))
          .addPeers(Peer.newBuilder().setId(13).setStoreId(3))
          .build();

  private final SimClock clock = new SimClock();
  private final Set<Long> fullStores = new HashSet<>();
  private final List<RegionTask.Build> builds = new ArrayList<>();
  private final SnapshotExchange exchange =
      new SnapshotExchange(
          1, builds::add, task -> true, clock, store -> !fullStores.contains(store));

  private boolean builds(long peerId) {
    builds.clear();
    assertThat(exchange.take(REGION, 1, peerId)).isNull();
    exchange.onBuilt(null);
    return !builds.isEmpty();
  }

  @Test
  void waitsForThoseThatCouldNotTakeTheLast() {
    assertThat(builds(12)).isTrue();
    exchange.onFailed(12);
    assertThat(builds(12)).isFalse();
    assertThat(builds(13)).isTrue();
    clock.advance(Duration.ofSeconds(2).toMillis() - 1);
    assertThat(builds(12)).isFalse();
    clock.advance(1);
    assertThat(builds(12)).isTrue();
  }

  @Test
  void waitsForSpace() {
    fullStores.add(2L);
    assertThat(builds(12)).isFalse();
    assertThat(builds(13)).isTrue();
    fullStores.clear();
    assertThat(builds(12)).isTrue();
  }

  /** Such a peer is needed to become one, and nothing is known of its store. */
  @Test
  void hasOneBuiltForAPeerThatIsNotInTheRegion() {
    assertThat(builds(99)).isTrue();
  }
}
