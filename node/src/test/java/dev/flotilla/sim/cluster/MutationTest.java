package dev.flotilla.sim.cluster;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.eraftpb.ConfChangeType;
import dev.flotilla.proto.eraftpb.Entry;
import dev.flotilla.proto.eraftpb.HardState;
import dev.flotilla.proto.eraftpb.Message;
import dev.flotilla.proto.eraftpb.MessageType;
import dev.flotilla.proto.eraftpb.Snapshot;
import dev.flotilla.proto.eraftpb.SnapshotMetadata;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.RegionEpoch;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.ChangePeerRequest;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.CompactLogRequest;
import dev.flotilla.proto.raft_cmdpb.CompareAndSwapRequest;
import dev.flotilla.proto.raft_cmdpb.DeleteRangeRequest;
import dev.flotilla.proto.raft_cmdpb.PutRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftRequestHeader;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.proto.raft_cmdpb.SplitRequest;
import dev.flotilla.proto.raft_cmdpb.TransferLeaderRequest;
import dev.flotilla.proto.raft_cmdpb.VerifyHashRequest;
import dev.flotilla.proto.raft_serverpb.RaftApplyState;
import dev.flotilla.proto.raft_serverpb.RaftLocalState;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.proto.raft_serverpb.RaftSnapshotData;
import dev.flotilla.proto.raft_serverpb.RegionLocalState;
import dev.flotilla.proto.raft_serverpb.SnapshotCFFile;
import dev.flotilla.proto.raft_serverpb.SnapshotMeta;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * The {@linkplain FuzzTargets targets} on good inputs that were spoilt a little; on every build.
 */
class MutationTest {
  private static final int ROUNDS = Integer.getInteger("sim.mutations", 300);
  private static final Peer PEER = Peer.newBuilder().setId(1).setStoreId(1).build();
  private static final RegionEpoch EPOCH =
      RegionEpoch.newBuilder().setConfVer(1).setVersion(1).build();

  private static void mutate(List<byte[]> good, Consumer<byte[]> target) {
    Random random = new Random(7);
    for (byte[] input : good) {
      target.accept(input);
    }
    for (int round = 0; round < ROUNDS; round++) {
      byte[] input = good.get(random.nextInt(good.size())).clone();
      int changes = 1 + random.nextInt(3);
      for (int i = 0; i < changes && input.length > 0; i++) {
        int at = random.nextInt(input.length);
        switch (random.nextInt(4)) {
          case 0 -> input[at] ^= (byte) (1 << random.nextInt(8));
          case 1 -> input[at] = (byte) random.nextInt(256);
          case 2 -> input = Arrays.copyOf(input, at);
          default -> {
            byte[] longer = Arrays.copyOf(input, input.length + 1);
            System.arraycopy(input, at, longer, at + 1, input.length - at);
            longer[at] = (byte) random.nextInt(256);
            input = longer;
          }
        }
      }
      byte[] spoilt = input;
      try {
        target.accept(spoilt);
      } catch (RuntimeException | AssertionError broken) {
        throw new AssertionError("input " + Arrays.toString(spoilt), broken);
      }
    }
  }

  private static Region region() {
    return Region.newBuilder().setId(1).setRegionEpoch(EPOCH).addPeers(PEER).build();
  }

  private static byte[] message(MessageType type) {
    return RaftMessage.newBuilder()
        .setRegionId(1)
        .setFromPeer(Peer.newBuilder().setId(2).setStoreId(2))
        .setToPeer(PEER)
        .setRegionEpoch(EPOCH)
        .setMessage(
            Message.newBuilder()
                .setMsgType(type)
                .setFrom(2)
                .setTo(1)
                .setTerm(7)
                .setIndex(6)
                .setLogTerm(6)
                .addEntries(Entry.newBuilder().setTerm(7).setIndex(7)))
        .build()
        .toByteArray();
  }

  @Test
  void raftMessages() {
    List<byte[]> good = new ArrayList<>();
    for (MessageType type : MessageType.values()) {
      if (type != MessageType.UNRECOGNIZED) {
        good.add(message(type));
      }
    }
    mutate(good, FuzzTargets::raftMessage);
  }

  private static byte[] command(RaftCmdRequest.Builder command) {
    return command
        .setHeader(
            RaftRequestHeader.newBuilder().setRegionId(1).setPeer(PEER).setRegionEpoch(EPOCH))
        .build()
        .toByteArray();
  }

  private static byte[] request(Request.Builder request) {
    return command(RaftCmdRequest.newBuilder().addRequests(request));
  }

  private static byte[] admin(AdminCmdType type, AdminRequest.Builder admin) {
    return command(RaftCmdRequest.newBuilder().setAdminRequest(admin.setCmdType(type)));
  }

  @Test
  void commands() {
    ByteString key = ByteString.copyFromUtf8("key");
    mutate(
        List.of(
            request(
                Request.newBuilder()
                    .setCmdType(CmdType.Put)
                    .setPut(PutRequest.newBuilder().setKey(key).setValue(key))),
            request(
                Request.newBuilder()
                    .setCmdType(CmdType.DeleteRange)
                    .setDeleteRange(DeleteRangeRequest.newBuilder().setStartKey(key))),
            request(
                Request.newBuilder()
                    .setCmdType(CmdType.CompareAndSwap)
                    .setCompareAndSwap(
                        CompareAndSwapRequest.newBuilder().setKey(key).setPreviousNotExist(true))),
            request(Request.newBuilder().setCmdType(CmdType.Snap)),
            admin(
                AdminCmdType.Split,
                AdminRequest.newBuilder()
                    .setSplit(
                        SplitRequest.newBuilder()
                            .setSplitKey(key)
                            .setNewRegionId(9)
                            .addNewPeerIds(10))),
            admin(
                AdminCmdType.ChangePeer,
                AdminRequest.newBuilder()
                    .setChangePeer(
                        ChangePeerRequest.newBuilder()
                            .setChangeType(ConfChangeType.AddLearnerNode)
                            .setPeer(Peer.newBuilder().setId(5).setStoreId(2)))),
            admin(
                AdminCmdType.CompactLog,
                AdminRequest.newBuilder()
                    .setCompactLog(
                        CompactLogRequest.newBuilder().setCompactIndex(6).setCompactTerm(6))),
            admin(
                AdminCmdType.TransferLeader,
                AdminRequest.newBuilder()
                    .setTransferLeader(TransferLeaderRequest.newBuilder().setPeer(PEER))),
            admin(
                AdminCmdType.VerifyHash,
                AdminRequest.newBuilder()
                    .setVerifyHash(VerifyHashRequest.newBuilder().setIndex(6).setHash(key)))),
        FuzzTargets::command);
  }

  private static byte[] state(int kind, byte[] value) {
    byte[] input = new byte[value.length + 1];
    input[0] = (byte) kind;
    System.arraycopy(value, 0, input, 1, value.length);
    return input;
  }

  @Test
  void statesOnDisk() {
    mutate(
        List.of(
            state(0, RegionLocalState.newBuilder().setRegion(region()).build().toByteArray()),
            state(
                1,
                RaftApplyState.newBuilder()
                    .setAppliedIndex(5)
                    .setCommitIndex(5)
                    .setCommitTerm(5)
                    .build()
                    .toByteArray()),
            state(
                2,
                RaftLocalState.newBuilder()
                    .setHardState(HardState.newBuilder().setTerm(5).setCommit(5))
                    .setLastIndex(5)
                    .build()
                    .toByteArray()),
            state(3, Entry.newBuilder().setTerm(5).setIndex(6).build().toByteArray())),
        FuzzTargets::stateOnDisk);
  }

  @Test
  void snapshots() {
    SnapshotMeta.Builder meta = SnapshotMeta.newBuilder();
    for (String cf : List.of("default", "lock", "write")) {
      meta.addCfFiles(SnapshotCFFile.newBuilder().setCf(cf));
    }
    byte[] header =
        RaftMessage.newBuilder()
            .setRegionId(1)
            .setMessage(
                Message.newBuilder()
                    .setMsgType(MessageType.MsgSnapshot)
                    .setSnapshot(
                        Snapshot.newBuilder()
                            .setMetadata(SnapshotMetadata.newBuilder().setIndex(9).setTerm(6))
                            .setData(
                                RaftSnapshotData.newBuilder()
                                    .setRegion(region())
                                    .setMeta(meta)
                                    .build()
                                    .toByteString())))
            .build()
            .toByteArray();
    // An even length, as the first byte counts pairs.
    byte[] even = Arrays.copyOf(header, header.length - header.length % 2);
    mutate(
        List.of(state(header.length / 2, header), state(even.length / 2, even)),
        FuzzTargets::snapshot);
  }

  @Test
  void keys() {
    mutate(
        List.of(
            new byte[0],
            new byte[8],
            new byte[9],
            new byte[18],
            new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, -9}),
        FuzzTargets::keys);
  }
}
