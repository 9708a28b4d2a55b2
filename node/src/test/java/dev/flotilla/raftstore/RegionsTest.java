package dev.flotilla.raftstore;

import static dev.flotilla.raftstore.RaftCommands.REGION;
import static dev.flotilla.raftstore.RaftCommands.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.flotilla.engine.KeyRange;
import dev.flotilla.proto.metapb.Region;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegionsTest {
  private static final Region ALL = REGION.toBuilder().clearStartKey().clearEndKey().build();

  @ParameterizedTest
  @CsvSource({
    "'', false",
    "a, false",
    "aÿ, false",
    "b, true",
    "b0, true",
    "m, true",
    "xÿ, true",
    "y, false",
    "y0, false",
    "z, false"
  })
  void rangeHoldsItsStartAndNotItsEnd(String key, boolean inside) {
    assertThat(Regions.contains(REGION, text(key))).isEqualTo(inside);
    assertThat(Regions.contains(ALL, text(key))).isTrue();
  }

  @Test
  void refusesKeyOutsideAndNamesIt() {
    Regions.checkKey(text("b"), REGION);
    assertThatThrownBy(() -> Regions.checkKey(text("y"), REGION))
        .isInstanceOfSatisfying(
            Refusal.KeyNotInRegion.class,
            refusal -> {
              assertThat(refusal.key).isEqualTo(text("y"));
              assertThat(refusal.region).isEqualTo(REGION);
            });
  }

  @ParameterizedTest
  @CsvSource({"y, true", "x, true", "y0, false", "z, false", "'', false"})
  void upperBoundMayBeTheEndButNotBeyond(String end, boolean served) {
    assertThat(Regions.containsEnd(REGION, text(end))).isEqualTo(served);
    assertThat(Regions.containsEnd(ALL, text(end))).isTrue();
  }

  @Test
  void ordersKeysAsUnsignedBytes() {
    ByteString high = ByteString.copyFrom(new byte[] {(byte) 0x80});
    assertThat(Regions.compare(high, text("a"))).isPositive();
    assertThat(Regions.compare(text("a"), text("a0"))).isNegative();
    assertThat(Regions.compare(text("a"), text("a"))).isZero();
  }

  @Test
  void rangeIsThatOfTheRegion() {
    assertThat(Regions.range(REGION))
        .isEqualTo(new KeyRange(text("b").toByteArray(), text("y").toByteArray()));
    assertThat(Regions.range(ALL)).isEqualTo(KeyRange.ALL);
  }

  @Test
  void findsPeerByStore() {
    assertThat(Regions.peerOn(REGION, 1)).isEqualTo(REGION.getPeers(0));
    assertThat(Regions.peerOn(REGION, 9)).isNull();
  }

  @Test
  void isInitializedOnceItHasPeers() {
    assertThat(Regions.isInitialized(REGION)).isTrue();
    assertThat(Regions.isInitialized(REGION.toBuilder().clearPeers().build())).isFalse();
  }
}
