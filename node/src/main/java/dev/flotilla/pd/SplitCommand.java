package dev.flotilla.pd;

import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.BatchSplitRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftRequestHeader;
import dev.flotilla.proto.raft_cmdpb.SplitRequest;
import dev.flotilla.raftstore.PlacementTask;

/** The command that cuts a region, with ids for the new regions and their peers. */
public final class SplitCommand {
  private SplitCommand() {}

  /** How many ids {@code wish} takes: one for each new region and one for each peer of it. */
  public static long idsNeeded(PlacementTask.AskSplit wish) {
    return (long) wish.splitKeys().size() * (1 + wish.region().getPeersCount());
  }

  /** The command, with {@code firstId} and those after it. */
  public static RaftCmdRequest of(PlacementTask.AskSplit wish, long firstId) {
    Region region = wish.region();
    BatchSplitRequest.Builder splits =
        BatchSplitRequest.newBuilder().setRightDerive(wish.rightDerive());
    long id = firstId;
    for (int i = 0; i < wish.splitKeys().size(); i++) {
      SplitRequest.Builder split =
          SplitRequest.newBuilder().setSplitKey(wish.splitKeys().get(i)).setNewRegionId(id++);
      for (int j = 0; j < region.getPeersCount(); j++) {
        split.addNewPeerIds(id++);
      }
      splits.addRequests(split);
    }
    return RaftCmdRequest.newBuilder()
        .setHeader(
            RaftRequestHeader.newBuilder()
                .setRegionId(region.getId())
                .setPeer(wish.leader())
                .setRegionEpoch(region.getRegionEpoch()))
        .setAdminRequest(
            AdminRequest.newBuilder().setCmdType(AdminCmdType.BatchSplit).setSplits(splits))
        .build();
  }
}
