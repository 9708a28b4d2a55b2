package dev.flotilla.raftstore.peer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Comparison;
import dev.flotilla.raftstore.HashVerdict;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ConsistencyStateTest {
  private static final ByteString RIGHT = ByteString.copyFromUtf8("right");
  private static final ByteString WRONG = ByteString.copyFromUtf8("wrong");

  private final Region region =
      Region.newBuilder().setId(7).addPeers(peer(1)).addPeers(peer(2)).addPeers(peer(3)).build();
  private final ConsistencyState state = new ConsistencyState();

  private static Peer peer(long id) {
    return Peer.newBuilder().setId(id).setStoreId(id).build();
  }

  private static HashVerdict verdict(long index, Map<Long, ByteString> differing) {
    return new HashVerdict(index, RIGHT, new TreeMap<>(differing));
  }

  @Test
  void tellsOnceAndAgainWhenAnotherOneDiffers() {
    state.take(1, 9, RIGHT);
    assertThat(state.takeVerdict(region)).isNull();
    state.take(2, 9, RIGHT);
    assertThat(state.takeVerdict(region)).isEqualTo(verdict(9, Map.of()));
    assertThat(state.takeVerdict(region)).isNull();
    state.take(3, 9, WRONG);
    assertThat(state.takeVerdict(region)).isEqualTo(verdict(9, Map.of(3L, WRONG)));
  }

  @Test
  void saysAgainWhatCouldNotBeSaidUnlessItIsOutOfDate() {
    state.take(1, 9, RIGHT);
    state.take(2, 9, RIGHT);
    assertThat(state.takeVerdict(region)).isEqualTo(verdict(9, Map.of()));
    state.untell();
    for (int tick = 1; tick < ConsistencyState.AGAIN_TICKS; tick++) {
      assertThat(state.tick()).isFalse();
    }
    assertThat(state.tick()).isTrue();
    assertThat(state.takeVerdict(region)).isEqualTo(verdict(9, Map.of()));
    state.untell();
    state.take(1, 10, RIGHT);
    for (int tick = 1; tick < ConsistencyState.PATIENCE_TICKS; tick++) {
      assertThat(state.tick()).isFalse();
    }
  }

  @Test
  void comparesOnlyWhatIsOfOneIndex() {
    state.take(1, 9, RIGHT);
    state.take(2, 10, WRONG);
    state.take(3, 9, RIGHT);
    assertThat(state.takeVerdict(region)).isNull();
    state.take(1, 10, RIGHT);
    state.take(3, 10, RIGHT);
    assertThat(state.takeVerdict(region)).isEqualTo(verdict(10, Map.of(2L, WRONG)));
  }

  @Test
  void knowsHowFarItHasCome() {
    assertThat(state.comparison(region)).isEqualTo(new Comparison(0, 0, 0, 3));
    state.take(1, 9, RIGHT);
    state.take(3, 9, RIGHT);
    assertThat(state.comparison(region)).isEqualTo(new Comparison(9, 2, 0, 1));
    state.take(2, 9, WRONG);
    assertThat(state.comparison(region)).isEqualTo(new Comparison(9, 2, 1, 0));
    state.take(1, 10, RIGHT);
    state.take(2, 10, WRONG);
    assertThat(state.comparison(region)).isEqualTo(new Comparison(10, 0, 2, 1));
  }

  @Test
  void doesNotWaitForEverForTheThirdOpinion() {
    state.take(1, 9, RIGHT);
    state.take(2, 9, WRONG);
    for (int tick = 1; tick < ConsistencyState.PATIENCE_TICKS; tick++) {
      assertThat(state.tick()).isFalse();
    }
    assertThat(state.takeVerdict(region)).isNull();
    assertThat(state.tick()).isTrue();
    assertThat(state.takeVerdict(region))
        .isEqualTo(
            new HashVerdict(9, ByteString.EMPTY, new TreeMap<>(Map.of(1L, RIGHT, 2L, WRONG))));
    assertThat(state.tick()).isFalse();
    state.take(3, 9, RIGHT);
    assertThat(state.takeVerdict(region)).as("late").isEqualTo(verdict(9, Map.of(2L, WRONG)));
  }

  @Test
  void whoWasNotHeardAndDiffersReportsAgain() {
    state.take(3, 9, WRONG);
    assertThat(state.missingFrom(verdict(9, Map.of()), 3)).isEqualTo(WRONG);
    assertThat(state.missingFrom(verdict(9, Map.of(3L, WRONG)), 3)).as("heard").isNull();
    assertThat(state.missingFrom(verdict(8, Map.of()), 3)).as("another index").isNull();
    state.take(3, 10, RIGHT);
    assertThat(state.missingFrom(verdict(10, Map.of()), 3)).as("agrees").isNull();
  }
}
