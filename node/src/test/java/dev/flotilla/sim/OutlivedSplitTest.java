package dev.flotilla.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.eraftpb.Message;
import dev.flotilla.proto.eraftpb.MessageType;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.RegionEpoch;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.SplitRequest;
import dev.flotilla.proto.raft_serverpb.PeerState;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.store.Bootstrap;
import dev.flotilla.raftstore.wire.RegionStates;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A split that brings a replica which had been asked for its vote before, and sent away. */
class OutlivedSplitTest {
  private static final long NEW_REGION = 1000;
  private static final Peer REPLICA =
      Peer.newBuilder().setId(NEW_REGION + 1).setStoreId(Bootstrap.STORE_ID).build();
  private static final Peer OTHER = Peer.newBuilder().setId(NEW_REGION + 2).setStoreId(2).build();

  private final SimEngine kv = SimEngine.kv();
  private final SimEngine raft = SimEngine.raft();
  private final SimStore store;

  /** The region begins at {@code m}, so that there is room beside it. */
  OutlivedSplitTest() {
    start().settle();
    Region region =
        Objects.requireNonNull(RegionStates.regionState(kv, Bootstrap.USER_REGION_ID)).getRegion();
    try (WriteBatch batch = kv.newBatch()) {
      RegionStates.putRegionState(
          batch, region.toBuilder().setStartKey(text("m")).build(), PeerState.Normal);
      kv.write(batch, true);
    }
    store = start();
    store.settle();
  }

  private SimStore start() {
    return SimStore.start(kv, raft, new SimClock(), RaftStoreConfig.defaults(), 1);
  }

  private static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static RaftMessage.Builder toReplica(long confVer) {
    return RaftMessage.newBuilder()
        .setRegionId(NEW_REGION)
        .setFromPeer(OTHER)
        .setToPeer(REPLICA)
        .setRegionEpoch(RegionEpoch.newBuilder().setConfVer(confVer).setVersion(2));
  }

  private void send(RaftMessage.Builder message) {
    store.router().send(new Msg.Raft(message.build()));
  }

  private static RaftMessage.Builder vote() {
    return toReplica(1)
        .setStartKey(text("a"))
        .setEndKey(text("b"))
        .setMessage(
            Message.newBuilder()
                .setMsgType(MessageType.MsgRequestVote)
                .setFrom(OTHER.getId())
                .setTo(REPLICA.getId())
                .setTerm(6)
                .setIndex(5)
                .setLogTerm(5));
  }

  private static RaftCmdRequest split() {
    RaftCmdRequest.Builder command = SimStore.command().toBuilder();
    command
        .getAdminRequestBuilder()
        .setCmdType(AdminCmdType.Split)
        .setSplit(
            SplitRequest.newBuilder()
                .setSplitKey(text("t"))
                .setRightDerive(true)
                .setNewRegionId(NEW_REGION)
                .addNewPeerIds(REPLICA.getId()));
    return command.build();
  }

  private boolean isHere() {
    return store.store().regionStatus(NEW_REGION) != null;
  }

  /** Without its vote it could vote again in the same term. */
  @Test
  void aReplicaThatWasSentAwayDoesNotRiseAgain() {
    send(vote());
    store.settle();
    assertThat(isHere()).isTrue();
    store.send(split(), SimCallback.write());
    store.turn(100);
    // It comes while the apply worker is at the split, of which the store loop hears afterwards.
    send(toReplica(2).setIsTombstone(true));
    store.apply(100);
    store.settle();
    assertThat(isHere()).isFalse();
    assertThat(Objects.requireNonNull(RegionStates.regionState(kv, NEW_REGION)).getState())
        .isEqualTo(PeerState.Tombstone);
    assertThat(
            Objects.requireNonNull(store.store().regionStatus(Bootstrap.USER_REGION_ID))
                .region()
                .getStartKey())
        .isEqualTo(text("t"));
  }
}
