package dev.flotilla.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.flotilla.engine.Keys;
import dev.flotilla.proto.errorpb.Error;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.store.Bootstrap;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RegionErrorsTest {
  private static final ByteString KEY = ByteString.copyFromUtf8("k");
  private static final Peer LEADER = Peer.newBuilder().setId(3).setStoreId(1).build();
  private static final Region USER =
      Region.newBuilder()
          .setId(Bootstrap.USER_REGION_ID)
          .setStartKey(KEY)
          .setEndKey(ByteString.copyFrom(Keys.reserved()))
          .build();
  private static final Region SYSTEM =
      Region.newBuilder()
          .setId(Bootstrap.SYSTEM_REGION_ID)
          .setStartKey(ByteString.copyFrom(Keys.reserved()))
          .build();
  private static final Region SEEN = USER.toBuilder().clearEndKey().build();

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of(new Refusal.NotLeader(2, LEADER), "not_leader"),
        Arguments.of(new Refusal.NotLeader(2, null), "not_leader"),
        Arguments.of(new Refusal.RegionNotFound(2), "region_not_found"),
        Arguments.of(new Refusal.KeyNotInRegion(KEY, USER), "key_not_in_region"),
        Arguments.of(new Refusal.EpochNotMatch(List.of(USER)), "epoch_not_match"),
        Arguments.of(new Refusal.StoreNotMatch(7, 1), "store_not_match"),
        Arguments.of(new Refusal.ServerIsBusy("full"), "server_is_busy"),
        Arguments.of(new Refusal.OutOfService(2), "server_is_busy"),
        Arguments.of(new Refusal.DiskFull(List.of(1L), false), "disk_full"),
        Arguments.of(new Refusal.StaleCommand(), "stale_command"),
        Arguments.of(new Refusal.RaftEntryTooLarge(2, 99, 98), "raft_entry_too_large"),
        Arguments.of(new Refusal.Undetermined("gone"), "undetermined_result"),
        Arguments.of(new Refusal.GuardFailed(), ""),
        Arguments.of(new Refusal.Rejected("plugin", "why"), ""),
        Arguments.of(new Refusal.Invalid("nonsense"), ""));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void hasItsTextAndExactlyTheOneDetail(Refusal refusal, String detail) {
    Error error = RegionErrors.of(refusal);
    assertThat(error.getMessage()).isEqualTo(refusal.text()).isNotEmpty();
    assertThat(error.getAllFields().keySet())
        .extracting(FieldDescriptor::getName)
        .containsExactlyInAnyOrderElementsOf(
            detail.isEmpty() ? List.of("message") : List.of("message", detail));
  }

  @Test
  void tableHoldsEveryKind() {
    assertThat(refusals().map(arguments -> arguments.get()[0].getClass().getName()).distinct())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Refusal.class.getPermittedSubclasses()).map(Class::getName).toList());
  }

  @Test
  void namesTheLeaderIfItIsKnown() {
    assertThat(RegionErrors.of(new Refusal.NotLeader(2, LEADER)).getNotLeader().getLeader())
        .isEqualTo(LEADER);
    assertThat(RegionErrors.of(new Refusal.NotLeader(2, null)).getNotLeader().hasLeader())
        .isFalse();
    assertThat(RegionErrors.of(new Refusal.NotLeader(2, null)).getNotLeader().getRegionId())
        .isEqualTo(2);
  }

  @Test
  void lastUserRegionHasNoEnd() {
    var outside = RegionErrors.of(new Refusal.KeyNotInRegion(KEY, USER)).getKeyNotInRegion();
    assertThat(outside.getKey()).isEqualTo(KEY);
    assertThat(outside.getRegionId()).isEqualTo(USER.getId());
    assertThat(outside.getStartKey()).isEqualTo(KEY);
    assertThat(outside.getEndKey().isEmpty()).isTrue();
    assertThat(current(USER)).containsExactly(SEEN);
  }

  private static List<Region> current(Region... regions) {
    return RegionErrors.of(new Refusal.EpochNotMatch(List.of(regions)))
        .getEpochNotMatch()
        .getCurrentRegionsList();
  }

  @Test
  void systemRegionIsLeftOut() {
    assertThat(current(USER, SYSTEM)).containsExactly(SEEN);
    assertThat(current(SYSTEM)).isEmpty();
    assertThat(RegionErrors.of(new Refusal.EpochNotMatch(List.of(SYSTEM))).hasEpochNotMatch())
        .isTrue();
  }

  @Test
  void carriesTheNumbers() {
    var store = RegionErrors.of(new Refusal.StoreNotMatch(7, 1)).getStoreNotMatch();
    assertThat(store.getRequestStoreId()).isEqualTo(7);
    assertThat(store.getActualStoreId()).isEqualTo(1);
    var large = RegionErrors.of(new Refusal.RaftEntryTooLarge(2, 99, 98)).getRaftEntryTooLarge();
    assertThat(large.getRegionId()).isEqualTo(2);
    assertThat(large.getEntrySize()).isEqualTo(99);
    assertThat(RegionErrors.of(new Refusal.RegionNotFound(8)).getRegionNotFound().getRegionId())
        .isEqualTo(8);
    assertThat(RegionErrors.of(new Refusal.ServerIsBusy("full")).getServerIsBusy().getReason())
        .isEqualTo("full");
    assertThat(
            RegionErrors.of(new Refusal.Undetermined("gone")).getUndeterminedResult().getMessage())
        .isEqualTo("gone");
  }
}
