package dev.flotilla.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.SplitRequest;
import dev.flotilla.raftstore.Tick;
import dev.flotilla.raftstore.store.Bootstrap;
import dev.flotilla.raftstore.store.RegionStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Which region's replicas are compared next. */
class ComparisonTurnTest {
  private static final long SYSTEM = Bootstrap.SYSTEM_REGION_ID;
  private static final long USERS = Bootstrap.USER_REGION_ID;
  private static final long CHILD = 1000;
  private static final long GRANDCHILD = 2000;

  private final SimClock clock = new SimClock();
  private final SimStore store =
      SimStore.start(SimEngine.kv(), SimEngine.raft(), clock, RaftStoreConfig.defaults(), 1);

  /** What is compared in so many turns, which are ten seconds apart. */
  private List<Long> compared(int turns) {
    List<Long> compared = new ArrayList<>();
    for (int turn = 0; turn < turns; turn++) {
      clock.advance(Duration.ofSeconds(10).toMillis());
      Map<Long, Long> before = lastIndexes();
      store.tick(Tick.CONSISTENCY_CHECK);
      store.settle();
      lastIndexes()
          .forEach(
              (region, index) -> {
                if (!index.equals(before.get(region))) {
                  compared.add(region);
                }
              });
    }
    return compared;
  }

  private Map<Long, Long> lastIndexes() {
    Map<Long, Long> indexes = new HashMap<>();
    for (RegionStatus status : store.store().regionStatuses()) {
      indexes.put(status.region().getId(), status.lastIndex());
    }
    return indexes;
  }

  private void split(long newRegion, String key) {
    RegionStatus users = Objects.requireNonNull(store.store().regionStatus(USERS));
    RaftCmdRequest.Builder command = SimStore.command().toBuilder();
    command.getHeaderBuilder().setRegionEpoch(users.region().getRegionEpoch());
    command
        .getAdminRequestBuilder()
        .setCmdType(AdminCmdType.Split)
        .setSplit(
            SplitRequest.newBuilder()
                .setSplitKey(ByteString.copyFromUtf8(key))
                .setRightDerive(true)
                .setNewRegionId(newRegion)
                .addNewPeerIds(newRegion + 1));
    store.send(command.build(), SimCallback.write());
    store.settle();
  }

  /** A replica that is found wrong then is wrong in the new region, too, which is not told. */
  @Test
  void aRegionComesNextThatWasCutOffDuringAComparison() {
    store.settle();
    assertThat(compared(3)).containsExactly(USERS, SYSTEM, USERS);
    split(CHILD, "m");
    split(GRANDCHILD, "t");
    assertThat(compared(4)).containsExactly(CHILD, GRANDCHILD, SYSTEM, USERS);
  }

  @Test
  void aRegionThatWasCutOffLaterWasComparedWhenTheOtherWas() {
    store.settle();
    assertThat(compared(2)).containsExactly(USERS, SYSTEM);
    clock.advance(Duration.ofHours(1).toMillis());
    split(CHILD, "m");
    assertThat(compared(3)).containsExactly(USERS, CHILD, SYSTEM);
  }
}
