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
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.security.LogPace;
import java.util.function.Consumer;

/**
 * Turns the driver's wishes into commands. Their epoch makes it harmless to send them twice, or to
 * a region that has changed.
 */
public final class LeaderCommands {
  private static final LogPace REFUSALS = new LogPace();

  private LeaderCommands() {}

  /**
   * Lets the leader do what {@code wish} says.
   *
   * @param refused is told, and so is the log, if a plugin refuses it, and if anything refuses what
   *     is not ordered again; any thread
   */
  public static void run(
      RegionHeartbeatResponse wish,
      RaftStoreRouter router,
      Consumer<PlacementTask.OrderRefused> refused) {
    run(wish, router, refused, REFUSALS);
  }

  static void run(
      RegionHeartbeatResponse wish,
      RaftStoreRouter router,
      Consumer<PlacementTask.OrderRefused> refused,
      LogPace pace) {
    if (wish.hasSplitRegion()) {
      router.send(
          new Msg.SplitRegion(
              wish.getRegionId(),
              wish.getRegionEpoch(),
              wish.getSplitRegion().getKeysList(),
              false,
              new LoggedOrder("split", wish.getRegionId(), true, refused, pace)));
      return;
    }
    String order;
    AdminRequest.Builder admin = AdminRequest.newBuilder();
    if (wish.hasChangePeer()) {
      order = "change of members";
      admin.setCmdType(AdminCmdType.ChangePeer).setChangePeer(request(wish.getChangePeer()));
    } else if (wish.hasChangePeerV2()) {
      order = "change of members";
      ChangePeerV2Request.Builder changes = ChangePeerV2Request.newBuilder();
      wish.getChangePeerV2().getChangesList().forEach(one -> changes.addChanges(request(one)));
      admin.setCmdType(AdminCmdType.ChangePeerV2).setChangePeerV2(changes);
    } else if (wish.hasTransferLeader()) {
      order = "transfer of the leader";
      admin
          .setCmdType(AdminCmdType.TransferLeader)
          .setTransferLeader(
              TransferLeaderRequest.newBuilder().setPeer(wish.getTransferLeader().getPeer()));
    } else if (wish.getCheckConsistency()) {
      order = "comparison of the replicas";
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
            new LoggedOrder(order, wish.getRegionId(), wish.getCheckConsistency(), refused, pace)));
  }

  private static ChangePeerRequest.Builder request(ChangePeer change) {
    return ChangePeerRequest.newBuilder()
        .setChangeType(change.getChangeType())
        .setPeer(change.getPeer());
  }
}
