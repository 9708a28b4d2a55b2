package dev.flotilla.raftstore.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Chance;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ElectionTimeoutsTest {
  private static final Chance LOW = (min, max) -> min;
  private static final Chance HIGH = (min, max) -> max - 1;

  /** A region with peers 11, 12 and so on. */
  private static Region region(long id, int replicas) {
    Region.Builder region = Region.newBuilder().setId(id);
    for (int i = 1; i <= replicas; i++) {
      region.addPeers(Peer.newBuilder().setId(10 + i).setStoreId(i));
    }
    return region.build();
  }

  private static List<Integer> draws(Region region, long term, Chance chance) {
    List<Integer> draws = new ArrayList<>();
    for (Peer peer : region.getPeersList()) {
      draws.add(new ElectionTimeouts(chance, peer.getId(), () -> region).draw(term, 9, 13));
    }
    return draws;
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          1, 9,       12
          2, '9 11',  '10 12'
          3, '9 10 11', '9 10 12'
          4, '9 10 11 12', '9 10 11 12'
          5, '9 9 10 11 12', '9 9 10 11 12'
          """)
  void theRangeIsDividedAmongTheReplicas(int replicas, String lowest, String highest) {
    Region region = region(100L * replicas, replicas);
    assertThat(draws(region, 0, LOW)).map(String::valueOf).containsExactly(lowest.split(" ", -1));
    assertThat(draws(region, 0, HIGH)).map(String::valueOf).containsExactly(highest.split(" ", -1));
  }

  @Test
  void whoComesFirstChangesWithTheTermAndTheRegion() {
    TreeSet<Integer> byTerm = new TreeSet<>();
    TreeSet<Integer> byRegion = new TreeSet<>();
    for (int i = 0; i < 3; i++) {
      byTerm.add(draws(region(6, 3), i, LOW).indexOf(9));
      byRegion.add(draws(region(6 + i, 3), 4, LOW).indexOf(9));
    }
    assertThat(byTerm).containsExactly(0, 1, 2);
    assertThat(byRegion).containsExactly(0, 1, 2);
  }

  @Test
  void aReplicaThatDoesNotKnowItsRegionDrawsFromTheWholeRange() {
    Random random = new Random(1);
    ElectionTimeouts timeouts =
        new ElectionTimeouts(random::nextInt, 99, () -> Region.newBuilder().setId(6).build());
    TreeSet<Integer> draws = new TreeSet<>();
    for (int i = 0; i < 100; i++) {
      draws.add(timeouts.draw(1, 9, 13));
    }
    assertThat(draws).containsExactly(9, 10, 11, 12);
  }

  @Test
  void aReplicaInQuarantineStandsLast() {
    Region healthy = region(6, 3);
    Region region =
        healthy.toBuilder()
            .setPeers(1, healthy.getPeers(1).toBuilder().setQuarantined(true))
            .build();
    assertThat(draws(region, 0, HIGH)).containsExactly(9, 100, 12);
  }
}
