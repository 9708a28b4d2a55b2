package dev.flotilla.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.snap.InstallJob;
import dev.flotilla.raftstore.snap.InstallSteps;
import dev.flotilla.raftstore.snap.RegionTask;
import dev.flotilla.raftstore.store.Bootstrap;
import dev.flotilla.raftstore.wire.RegionStates;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A replica that is told to go while the worker puts its snapshot in place. */
class SnapshotCalledOffTest {
  private static final long REGION = Bootstrap.USER_REGION_ID;

  private final SimEngine kv = SimEngine.kv();
  private final SimEngine raft = SimEngine.raft();

  private final SimStore store;

  private final Region region;

  private final InstallJob job;

  /** A store that was started again with a snapshot to install, which the worker has begun. */
  SnapshotCalledOffTest() {
    start(kv, raft).settle();
    region = Objects.requireNonNull(RegionStates.regionState(kv, REGION)).getRegion();
    try (WriteBatch batch = kv.newBatch()) {
      RegionStates.putAccepted(
          batch,
          region,
          Objects.requireNonNull(RegionStates.applyState(kv, REGION)),
          Objects.requireNonNull(RegionStates.raftState(raft, REGION)));
      kv.write(batch, true);
    }
    store = start(kv, raft);
    store.settle();
    job =
        store.regionTasks().stream()
            .filter(RegionTask.Install.class::isInstance)
            .map(task -> ((RegionTask.Install) task).job())
            .findFirst()
            .orElseThrow();
    assertThat(InstallSteps.begin(job)).isTrue();
  }

  private static SimStore start(SimEngine kv, SimEngine raft) {
    return SimStore.start(kv, raft, new SimClock(), RaftStoreConfig.defaults(), 1);
  }

  private void sendTombstone() {
    store.sendTombstone(region);
  }

  private void endInstallation() {
    InstallSteps.end(job);
    store.router().send(new Msg.SnapshotInstalled(REGION, region.getPeers(0).getId()));
    store.settle();
  }

  /** Whoever said so says it once. */
  @Test
  void itGoesWhenTheWorkerHasStopped() {
    sendTombstone();
    assertThat(store.store().regionStatus(REGION)).isNotNull();
    endInstallation();
    assertThat(store.store().regionStatus(REGION)).isNull();
    assertThat(store.regionTasks()).last().isInstanceOf(RegionTask.Clear.class);
  }

  @Test
  void itStaysWhenNobodyToldItToGo() {
    endInstallation();
    assertThat(store.store().regionStatus(REGION)).isNotNull();
  }
}
