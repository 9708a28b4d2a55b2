package dev.flotilla.raftstore.apply;

import static dev.flotilla.raftstore.RaftCommands.put;
import static dev.flotilla.raftstore.RaftCommands.stamped;
import static dev.flotilla.raftstore.RaftCommands.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.SplitRequest;
import dev.flotilla.proto.raft_serverpb.RaftApplyState;
import dev.flotilla.raftstore.wire.RegionStates;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitExecutorTest {
  private static final long T = 1_700_000_000_000L;
  private static final long NEW_REGION = 1000;

  private final ApplyRig rig = new ApplyRig();

  private static RaftCmdRequest split(long stampMillis, String key) {
    return stamped(stampMillis).toBuilder()
        .setAdminRequest(
            AdminRequest.newBuilder()
                .setCmdType(AdminCmdType.Split)
                .setSplit(
                    SplitRequest.newBuilder()
                        .setSplitKey(text(key))
                        .setNewRegionId(NEW_REGION)
                        .addNewPeerIds(NEW_REGION + 1)))
        .build();
  }

  private RaftApplyState newRegion() {
    return Objects.requireNonNull(RegionStates.applyState(rig.engine, NEW_REGION));
  }

  /** Else what had expired would live again where the new region's leader has a slower clock. */
  @ParameterizedTest
  @ValueSource(longs = {-5000, 0, 5000})
  void aNewRegionIsAsFarInTimeAsTheOneThatWasSplit(long later) {
    rig.apply(stamped(T, put("n", "1", 1)), split(T + later, "m"));
    assertThat(newRegion().getLastProposedAt())
        .isEqualTo(rig.lastResult().applyState().getLastProposedAt())
        .isEqualTo(Math.max(T, T + later));
  }

  @Test
  void aNewRegionBeginsItsOwnLog() {
    rig.applyOne(split(0, "m"));
    assertThat(newRegion()).isEqualTo(RegionStates.initialApplyState());
  }
}
