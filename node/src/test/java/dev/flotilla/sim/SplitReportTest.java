package dev.flotilla.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.SplitRequest;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Tick;
import dev.flotilla.raftstore.store.Bootstrap;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the placement driver hears of a region that was cut. */
class SplitReportTest {
  private final SimStore store =
      SimStore.start(
          SimEngine.kv(), SimEngine.raft(), new SimClock(), RaftStoreConfig.defaults(), 1);

  private void split(String key, long newRegion) {
    RaftCmdRequest.Builder command = SimStore.command().toBuilder();
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
  }

  private String startKey() {
    return Objects.requireNonNull(store.store().regionStatus(Bootstrap.USER_REGION_ID))
        .region()
        .getStartKey()
        .toStringUtf8();
  }

  private List<PlacementTask.Leads> reports(long regionId) {
    return store.placement().stream()
        .filter(PlacementTask.Leads.class::isInstance)
        .map(PlacementTask.Leads.class::cast)
        .filter(report -> report.region().getId() == regionId)
        .toList();
  }

  /** While the second one is under way the region does not serve, so that the report must wait. */
  @Test
  void alsoWhenTheNextSplitIsRefused() {
    store.settle();
    store.placement().clear();
    split("m", 1000);
    store.turn(1);
    split("t", 1010);
    store.turn(1);
    for (int tasks = 0; !startKey().equals("m"); tasks++) {
      assertThat(tasks).isLessThan(10);
      store.apply(1);
      store.turn(10);
    }
    assertThat(reports(Bootstrap.USER_REGION_ID)).isEmpty();
    store.settle();
    assertThat(reports(1000)).isNotEmpty();
    assertThat(reports(1010)).isEmpty();
    assertThat(reports(Bootstrap.USER_REGION_ID))
        .last()
        .extracting(report -> report.region().getStartKey().toStringUtf8())
        .isEqualTo("m");
  }

  @Test
  void notTheSizeOfWhatItWasBefore() {
    store.settle();
    split("m", 1000);
    store.settle();
    measured(1, 1 << 30);
    assertThat(sizeReported()).isZero();
    measured(2, 1 << 20);
    assertThat(sizeReported()).isEqualTo(1 << 20);
  }

  private void measured(long version, long bytes) {
    store.router().send(new Msg.RegionSize(Bootstrap.USER_REGION_ID, version, bytes));
    store.settle();
  }

  private long sizeReported() {
    store.tick(Tick.REGION_HEARTBEAT);
    store.settle();
    List<PlacementTask.Leads> reports = reports(Bootstrap.USER_REGION_ID);
    return reports.get(reports.size() - 1).approximateBytes();
  }
}
