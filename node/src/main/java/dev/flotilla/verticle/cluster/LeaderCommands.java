package dev.flotilla.verticle.cluster;

import dev.flotilla.proto.pdpb.ChangePeer;
import dev.flotilla.proto.pdpb.RegionHeartbeatResponse;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.ChangePeerRequest;
import dev.flotilla.proto.raft_cmdpb.ChangePeerV2Request;
import dev.flotilla.proto.raft_cmdpb.ComputeHashRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftRequestHeader;
import dev.flotilla.proto.raft_cmdpb.TransferLeaderRequest;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.RaftStoreRouter;

/**
 * Turns the driver's wishes into commands. Their epoch makes it harmless to send them twice, or to
 * a region that has changed.
 */
public final class LeaderCommands {
  private LeaderCommands() {}

  /** Lets the leader do what {@code wish} says. */
  public static void run(RegionHeartbeatResponse wish, RaftStoreRouter router) {
    if (wish.hasSplitRegion()) {
      router.send(
          new Msg.SplitRegion(
              wish.getRegionId(),
              wish.getRegionEpoch(),
              wish.getSplitRegion().getKeysList(),
              null));
      return;
    }
    AdminRequest.Builder admin = AdminRequest.newBuilder();
    if (wish.hasChangePeer()) {
      admin.setCmdType(AdminCmdType.ChangePeer).setChangePeer(request(wish.getChangePeer()));
    } else if (wish.hasChangePeerV2()) {
      ChangePeerV2Request.Builder changes = ChangePeerV2Request.newBuilder();
      wish.getChangePeerV2().getChangesList().forEach(one -> changes.addChanges(request(one)));
      admin.setCmdType(AdminCmdType.ChangePeerV2).setChangePeerV2(changes);
    } else if (wish.hasTransferLeader()) {
      admin
          .setCmdType(AdminCmdType.TransferLeader)
          .setTransferLeader(
              TransferLeaderRequest.newBuilder().setPeer(wish.getTransferLeader().getPeer()));
    } else if (wish.getCheckConsistency()) {
      admin
          .setCmdType(AdminCmdType.ComputeHash)
          .setComputeHash(ComputeHashRequest.getDefaultInstance());
    } else {
      return;
    }
    router.send(
        new Msg.Command(
            RaftCmdRequest.newBuilder()
                .setHeader(
                    RaftRequestHeader.newBuilder()
                        .setRegionId(wish.getRegionId())
                        .setRegionEpoch(wish.getRegionEpoch())
                        .setPeer(wish.getTargetPeer()))
                .setAdminRequest(admin)
                .build(),
            Callback.IGNORE));
  }

  private static ChangePeerRequest.Builder request(ChangePeer change) {
    return ChangePeerRequest.newBuilder()
        .setChangeType(change.getChangeType())
        .setPeer(change.getPeer());
  }
}
