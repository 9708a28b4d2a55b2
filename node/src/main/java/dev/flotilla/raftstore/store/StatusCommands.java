package dev.flotilla.raftstore.store;

import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.proto.raft_cmdpb.RaftResponseHeader;
import dev.flotilla.proto.raft_cmdpb.RegionDetailResponse;
import dev.flotilla.proto.raft_cmdpb.RegionLeaderResponse;
import dev.flotilla.proto.raft_cmdpb.StatusCmdType;
import dev.flotilla.proto.raft_cmdpb.StatusResponse;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.peer.Peer;

/** Answers questions about a region. Any replica may be asked, leader or not. */
final class StatusCommands {
  private final RegionTable regions;

  StatusCommands(RegionTable regions) {
    this.regions = regions;
  }

  /**
   * Answers {@code command}, which has a status request.
   *
   * @throws Refusal when the region is not here or the question is unknown
   */
  RaftCmdResponse execute(RaftCmdRequest command) {
    long regionId = command.getHeader().getRegionId();
    Peer peer = regions.get(regionId);
    if (peer == null) {
      throw new Refusal.RegionNotFound(regionId);
    }
    StatusCmdType type = command.getStatusRequest().getCmdType();
    StatusResponse.Builder status = StatusResponse.newBuilder().setCmdType(type);
    dev.flotilla.proto.metapb.Peer leader = peer.leader();
    switch (type) {
      case RegionLeader -> {
        RegionLeaderResponse.Builder answer = RegionLeaderResponse.newBuilder();
        if (leader != null) {
          answer.setLeader(leader);
        }
        status.setRegionLeader(answer);
      }
      case RegionDetail -> {
        if (!peer.isInitialized()) {
          throw new Refusal.Invalid("region " + regionId + " is not initialized");
        }
        RegionDetailResponse.Builder answer =
            RegionDetailResponse.newBuilder().setRegion(peer.region());
        if (leader != null) {
          answer.setLeader(leader);
        }
        status.setRegionDetail(answer);
      }
      default -> throw new Refusal.Invalid("invalid status command");
    }
    return RaftCmdResponse.newBuilder()
        .setHeader(RaftResponseHeader.newBuilder().setCurrentTerm(peer.term()))
        .setStatusResponse(status)
        .build();
  }
}
