package dev.flotilla.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.eraftpb.HardState;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_serverpb.PeerState;
import dev.flotilla.proto.raft_serverpb.RaftLocalState;
import dev.flotilla.proto.raft_serverpb.RegionLocalState;
import dev.flotilla.raft.Entry;
import dev.flotilla.raft.Payload;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Tick;
import dev.flotilla.raftstore.snap.InstallJob;
import dev.flotilla.raftstore.snap.InstallSteps;
import dev.flotilla.raftstore.snap.RegionTask;
import dev.flotilla.raftstore.store.Bootstrap;
import dev.flotilla.raftstore.store.RegionStatus;
import dev.flotilla.raftstore.wire.EntryCodec;
import dev.flotilla.raftstore.wire.RegionStates;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A replica whose accepted snapshot turns out damaged when it is to be put in place. */
class SnapshotDamagedTest {
  private static final long REGION = Bootstrap.USER_REGION_ID;
  private static final long VOTED = 77;

  private SimEngine kv = SimEngine.kv();
  private SimEngine raft = SimEngine.raft();
  private final Region region;

  /** Where the snapshot ends. */
  private final long index;

  private SimStore store;

  /** A store that has accepted a snapshot, with an entry behind it, and was started again. */
  SnapshotDamagedTest() {
    start().settle();
    region = Objects.requireNonNull(RegionStates.regionState(kv, REGION)).getRegion();
    index = Objects.requireNonNull(RegionStates.applyState(kv, REGION)).getAppliedIndex();
    RaftLocalState log =
        RaftLocalState.newBuilder()
            .setHardState(HardState.newBuilder().setTerm(9).setVote(VOTED).setCommit(index))
            .setLastIndex(index)
            .build();
    try (WriteBatch batch = kv.newBatch()) {
      var applied = Objects.requireNonNull(RegionStates.applyState(kv, REGION)).toBuilder();
      applied.getTruncatedStateBuilder().setIndex(index).setTerm(applied.getCommitTerm());
      RegionStates.putAccepted(batch, region, applied.build(), log);
      kv.write(batch, true);
    }
    try (WriteBatch batch = raft.newBatch()) {
      Entry next = Entry.normal(9, index + 1, Payload.EMPTY);
      batch.put(Cf.DEFAULT, Keys.raftLogKey(REGION, index + 1), EntryCodec.encode(next));
      RaftLocalState.Builder longer = log.toBuilder().setLastIndex(index + 1);
      longer.getHardStateBuilder().setCommit(index + 1);
      RegionStates.putRaftState(batch, REGION, longer.build());
      raft.write(batch, true);
    }
    store = start();
    store.settle();
  }

  private SimStore start() {
    return SimStore.start(kv, raft, new SimClock(), RaftStoreConfig.defaults(), 1);
  }

  /** The worker finds the snapshot damaged. */
  private void damage() {
    InstallJob job = job();
    assertThat(InstallSteps.begin(job)).isTrue();
    InstallSteps.endDamaged(job);
    tellInstalled();
  }

  private InstallJob job() {
    return store.regionTasks().stream()
        .filter(RegionTask.Install.class::isInstance)
        .map(task -> ((RegionTask.Install) task).job())
        .findFirst()
        .orElseThrow();
  }

  private void tellInstalled() {
    store.router().send(new Msg.SnapshotInstalled(REGION, region.getPeers(0).getId()));
    store.settle();
  }

  private void assertWithoutData() {
    RegionLocalState local = Objects.requireNonNull(RegionStates.regionState(kv, REGION));
    assertThat(local.getState()).isEqualTo(PeerState.Applying);
    RaftLocalState log = Objects.requireNonNull(RegionStates.raftState(raft, REGION));
    assertThat(log.getLastIndex()).as("nothing behind the snapshot").isEqualTo(index);
    assertThat(log.getHardState())
        .as("what was promised")
        .isEqualTo(HardState.newBuilder().setTerm(9).setVote(VOTED).setCommit(index).build());
    assertThat(raft.get(Cf.DEFAULT, Keys.raftLogKey(REGION, index + 1))).isNull();
    for (int i = 0; i < 100; i++) {
      store.tick(Tick.RAFT);
      store.settle();
    }
    RegionStatus status = Objects.requireNonNull(store.store().regionStatus(REGION));
    assertThat(status.leading()).as("though nobody else could lead").isFalse();
    assertThat(status.term()).isEqualTo(9);
    SimCallback put = SimCallback.write();
    store.send(SimStore.put("k", "1"), put);
    store.settle();
    assertThat(put.refusal()).isInstanceOf(Refusal.NotLeader.class);
  }

  @Test
  void itKeepsItsPromisesAndDoesNothingElse() {
    damage();
    assertWithoutData();
  }

  @Test
  void itIsTheSameInItsNextLife() {
    damage();
    kv = kv.crash();
    raft = raft.crash();
    store = start();
    store.settle();
    damage();
    assertWithoutData();
  }

  @Test
  void itGoesWhenItIsTold() {
    damage();
    store.sendTombstone(region);
    assertGone();
  }

  @Test
  void itGoesWhenItIsToldBeforeItKnowsOfTheDamage() {
    InstallJob job = job();
    assertThat(InstallSteps.begin(job)).isTrue();
    InstallSteps.endDamaged(job);
    store.sendTombstone(region);
    assertGone();
  }

  @Test
  void itGoesWhenItIsToldBeforeTheWorkerFindsTheDamage() {
    InstallJob job = job();
    assertThat(InstallSteps.begin(job)).isTrue();
    store.sendTombstone(region);
    assertThat(store.store().regionStatus(REGION)).as("while the worker is at it").isNotNull();
    InstallSteps.endDamaged(job);
    tellInstalled();
    assertGone();
  }

  private void assertGone() {
    assertThat(store.store().regionStatus(REGION)).isNull();
    assertThat(Objects.requireNonNull(RegionStates.regionState(kv, REGION)).getState())
        .isEqualTo(PeerState.Tombstone);
  }
}
