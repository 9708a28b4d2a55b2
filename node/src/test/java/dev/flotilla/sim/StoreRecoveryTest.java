package dev.flotilla.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.eraftpb.Message;
import dev.flotilla.proto.eraftpb.MessageType;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.RegionEpoch;
import dev.flotilla.proto.raft_serverpb.PeerState;
import dev.flotilla.proto.raft_serverpb.RaftLocalState;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.store.Bootstrap;
import dev.flotilla.raftstore.wire.RegionStates;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StoreRecoveryTest {
  private static final long CANDIDATE = 100;

  private SimEngine kv = SimEngine.kv();
  private SimEngine raft = SimEngine.raft();

  @BeforeEach
  void bootstrapAndWrite() {
    SimStore store = start();
    store.send(SimStore.put("k", "1"), SimCallback.write());
    store.settle();
    assertThat(hasRaftKeys()).isTrue();
  }

  private SimStore start() {
    SimStore store = SimStore.start(kv, raft, new SimClock(), RaftStoreConfig.defaults(), 1);
    store.settle();
    return store;
  }

  private void setState(PeerState state) {
    Region region =
        RegionStates.loadAll(kv).stream()
            .filter(local -> local.getRegion().getId() == Bootstrap.USER_REGION_ID)
            .findFirst()
            .orElseThrow()
            .getRegion();
    try (WriteBatch batch = kv.newBatch()) {
      RegionStates.putRegionState(batch, region, state);
      kv.write(batch, true);
    }
  }

  /** Else what lies outside of the ranges of damaged states would be deleted as nobody's. */
  @Test
  void aRegionWithoutAReplicaHereIsRefusedBeforeAnythingIsDeleted() {
    SimEngine damaged = kv.crashKeeping(kv.unsynced());
    try (WriteBatch batch = damaged.newBatch()) {
      Region region = Region.newBuilder().setId(Bootstrap.USER_REGION_ID).build();
      RegionStates.putRegionState(batch, region, PeerState.Normal);
      damaged.write(batch, true);
    }
    kv = damaged;
    raft = raft.crashKeeping(raft.unsynced());
    assertThatThrownBy(this::start)
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("names no replica");
    byte[] key = Keys.dataKey("k".getBytes(StandardCharsets.UTF_8));
    assertThat(kv.get(Cf.DEFAULT, key)).isNotNull();
  }

  private boolean hasRaftKeys() {
    try (EngineIterator iterator =
        raft.iterator(Cf.DEFAULT, Keys.raftRange(Bootstrap.USER_REGION_ID))) {
      return iterator.seekToFirst();
    }
  }

  private static void assertOnlySystemRegionIsHere(SimStore store) {
    SimCallback put = SimCallback.write();
    store.send(SimStore.put("k", "2"), put);
    store.settle();
    assertThat(put.refusal()).isInstanceOf(Refusal.RegionNotFound.class);
    assertThat(store.store().regionStatus(Bootstrap.USER_REGION_ID)).isNull();
    assertThat(Objects.requireNonNull(store.store().regionStatus(4)).serving()).isTrue();
  }

  @Test
  void finishesDestructionThatWasInterrupted() {
    setState(PeerState.Tombstone);
    SimStore store = start();
    assertThat(hasRaftKeys()).isFalse();
    assertThat(kv.get(Cf.RAFT, Keys.applyStateKey(Bootstrap.USER_REGION_ID))).isNull();
    assertThat(kv.get(Cf.RAFT, Keys.regionStateKey(Bootstrap.USER_REGION_ID)))
        .as("the tombstone stays")
        .isNotNull();
    assertOnlySystemRegionIsHere(store);
    assertOnlySystemRegionIsHere(start());
  }

  /** Else it could vote again in the same term, and two could lead. */
  @Test
  void aNewerReplicaWithoutDataKeepsItsVote() {
    setState(PeerState.Tombstone);
    SimStore store = start();
    store.router().send(new Msg.Raft(vote(7)));
    store.settle();
    assertThat(voted()).as("it has voted").isEqualTo(CANDIDATE);
    kv = kv.crash();
    raft = raft.crash();
    start();
    assertThat(voted()).isEqualTo(CANDIDATE);
  }

  private long voted() {
    RaftLocalState state = RegionStates.raftState(raft, Bootstrap.USER_REGION_ID);
    return state == null ? 0 : state.getHardState().getVote();
  }

  /** A request for the vote of a replica that was placed here after another one had gone. */
  private static RaftMessage vote(long term) {
    Peer replica = Peer.newBuilder().setId(CANDIDATE + 1).setStoreId(Bootstrap.STORE_ID).build();
    return RaftMessage.newBuilder()
        .setRegionId(Bootstrap.USER_REGION_ID)
        .setFromPeer(Peer.newBuilder().setId(CANDIDATE).setStoreId(2))
        .setToPeer(replica)
        .setRegionEpoch(RegionEpoch.newBuilder().setConfVer(3).setVersion(1))
        .setEndKey(ByteString.copyFrom(Keys.reserved()))
        .setMessage(
            Message.newBuilder()
                .setMsgType(MessageType.MsgRequestVote)
                .setFrom(CANDIDATE)
                .setTo(replica.getId())
                .setTerm(term)
                .setIndex(10)
                .setLogTerm(term - 1))
        .build();
  }

  @ParameterizedTest
  @EnumSource(Failing.class)
  void finishesDestructionAfterFailingToFinishIt(Failing failing) {
    setState(PeerState.Tombstone);
    (failing == Failing.KV ? kv : raft).failWrite(1);
    assertThatThrownBy(this::start).isInstanceOf(EngineException.class);
    kv = kv.crash();
    raft = raft.crash();
    assertOnlySystemRegionIsHere(start());
    assertThat(hasRaftKeys()).isFalse();
  }

  private enum Failing {
    KV,
    RAFT
  }

  @ParameterizedTest
  @EnumSource(
      value = PeerState.class,
      names = {"Merging"})
  void refusesStateItNeverWrites(PeerState state) {
    setState(state);
    assertThatThrownBy(this::start)
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("region 2 is in state " + state);
  }

  @Test
  void refusesSnapshotOfWhichNothingIsKnown() {
    setState(PeerState.Applying);
    assertThatThrownBy(this::start)
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("region 2 waits for a snapshot of which nothing is known");
  }
}
