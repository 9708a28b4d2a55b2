package dev.flotilla.raftstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.RegionEpoch;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EpochsTest {
  private static final Region REGION =
      RaftCommands.REGION.toBuilder()
          .setRegionEpoch(RegionEpoch.newBuilder().setConfVer(5).setVersion(5))
          .build();

  @ParameterizedTest
  @CsvSource({
    "CompactLog, false, false",
    "ComputeHash, false, false",
    "VerifyHash, false, false",
    "TransferLeader, false, false",
    "InvalidAdmin, false, false",
    "Split, true, true",
    "BatchSplit, true, true",
    "ChangePeer, false, true",
    "ChangePeerV2, false, true"
  })
  void adminCommandDependsOnWhatItChanges(AdminCmdType type, boolean range, boolean members) {
    checkDependence(RaftCommands.admin(type), range, members);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void readsAndWritesDependOnTheRangeAlone(boolean read) {
    RaftCmdRequest command =
        RaftCommands.command(read ? RaftCommands.snap() : RaftCommands.put("k", "v"));
    checkDependence(command, true, false);
  }

  /** Neither an older nor a newer number passes where it is asked for. */
  private static void checkDependence(RaftCmdRequest command, boolean range, boolean members) {
    assertThatCode(() -> check(command, 5, 5)).doesNotThrowAnyException();
    for (long other : new long[] {4, 6}) {
      checkRefusal(command, 5, other, range);
      checkRefusal(command, other, 5, members);
    }
    RaftCmdRequest without = command.toBuilder().setHeader(headerWithoutEpoch(command)).build();
    if (range || members) {
      assertThatThrownBy(() -> Epochs.check(without, REGION))
          .isInstanceOf(Refusal.Invalid.class)
          .hasMessageContaining("missing epoch");
    } else {
      assertThatCode(() -> Epochs.check(without, REGION)).doesNotThrowAnyException();
    }
  }

  private static dev.flotilla.proto.raft_cmdpb.RaftRequestHeader headerWithoutEpoch(
      RaftCmdRequest command) {
    return command.getHeader().toBuilder().clearRegionEpoch().build();
  }

  private static void checkRefusal(
      RaftCmdRequest command, long confVer, long version, boolean refused) {
    if (refused) {
      assertThatThrownBy(() -> check(command, confVer, version))
          .isInstanceOfSatisfying(
              Refusal.EpochNotMatch.class,
              refusal -> assertThat(refusal.regions).containsExactly(REGION));
    } else {
      assertThatCode(() -> check(command, confVer, version)).doesNotThrowAnyException();
    }
  }

  private static void check(RaftCmdRequest command, long confVer, long version) {
    RaftCmdRequest.Builder asked = command.toBuilder();
    asked
        .getHeaderBuilder()
        .setRegionEpoch(RegionEpoch.newBuilder().setConfVer(confVer).setVersion(version));
    Epochs.check(asked.build(), REGION);
  }
}
