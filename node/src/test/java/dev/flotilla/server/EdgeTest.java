package dev.flotilla.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.flotilla.engine.Keys;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.store.Bootstrap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EdgeTest {
  private static final ByteString RESERVED = ByteString.copyFrom(Keys.reserved());
  private static final ByteString AFTER = RESERVED.concat(ByteString.copyFrom(new byte[1]));
  private static final ByteString BEFORE = RESERVED.substring(0, RESERVED.size() - 1);
  private static final ByteString GREATEST =
      ByteString.copyFrom(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1});

  @Test
  void onlyTheSystemRegionIsHidden() {
    assertThat(Edge.isVisible(region(Bootstrap.SYSTEM_REGION_ID, RESERVED))).isFalse();
    assertThat(Edge.isVisible(region(Bootstrap.USER_REGION_ID, RESERVED))).isTrue();
    assertThat(Edge.isVisible(region(1000, RESERVED))).isTrue();
  }

  private static Region region(long id, ByteString end) {
    return Region.newBuilder().setId(id).setEndKey(end).build();
  }

  @Test
  void lastUserRegionHasNoEnd() {
    Region last = Edge.out(region(2, RESERVED));
    assertThat(last.getEndKey().isEmpty()).isTrue();
    assertThat(last.getId()).isEqualTo(2);
    Region other = region(2, ByteString.copyFromUtf8("m"));
    assertThat(Edge.out(other)).isEqualTo(other);
    assertThat(Edge.out(region(2, BEFORE)).getEndKey()).isEqualTo(BEFORE);
  }

  static Stream<Arguments> ends() {
    return Stream.of(
        Arguments.of(ByteString.EMPTY, ByteString.EMPTY),
        Arguments.of(ByteString.copyFromUtf8("m"), ByteString.copyFromUtf8("m")),
        Arguments.of(BEFORE, BEFORE),
        Arguments.of(RESERVED, RESERVED),
        Arguments.of(AFTER, RESERVED),
        Arguments.of(GREATEST, RESERVED));
  }

  @ParameterizedTest
  @MethodSource("ends")
  void endsAreCutWhereTheUsersKeysEnd(ByteString sent, ByteString taken) {
    assertThat(Edge.clampEnd(sent)).isEqualTo(taken);
  }

  static Stream<Arguments> keys() {
    return Stream.of(
        Arguments.of(ByteString.EMPTY, false),
        Arguments.of(ByteString.copyFromUtf8("m"), false),
        Arguments.of(BEFORE, false),
        Arguments.of(RESERVED, true),
        Arguments.of(AFTER, true),
        Arguments.of(GREATEST, true));
  }

  @ParameterizedTest
  @MethodSource("keys")
  void keysFromTheReservedOneOnAreNotTheUsers(ByteString key, boolean reserved) {
    assertThat(Edge.isReserved(key)).isEqualTo(reserved);
  }

  @Test
  void systemRegionCannotBeNamed() {
    assertThatThrownBy(() -> Edge.checkRegion(Bootstrap.SYSTEM_REGION_ID))
        .isInstanceOfSatisfying(
            Refusal.RegionNotFound.class,
            refusal -> assertThat(refusal.regionId).isEqualTo(Bootstrap.SYSTEM_REGION_ID));
    assertThatCode(() -> Edge.checkRegion(Bootstrap.USER_REGION_ID)).doesNotThrowAnyException();
  }
}
