package dev.flotilla.raftstore.peer;

import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.CompactLogRequest;
import dev.flotilla.proto.raft_cmdpb.ComputeHashRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftRequestHeader;
import dev.flotilla.raftstore.HashVerdict;

/** Commands that a leader gives itself. They depend on no epoch. */
final class AdminCommands {
  private AdminCommands() {}

  static RaftCmdRequest compactLog(long regionId, long index, long term) {
    return command(
        regionId,
        AdminRequest.newBuilder()
            .setCmdType(AdminCmdType.CompactLog)
            .setCompactLog(
                CompactLogRequest.newBuilder().setCompactIndex(index).setCompactTerm(term)));
  }

  static RaftCmdRequest computeHash(long regionId) {
    return command(
        regionId,
        AdminRequest.newBuilder()
            .setCmdType(AdminCmdType.ComputeHash)
            .setComputeHash(ComputeHashRequest.getDefaultInstance()));
  }

  static RaftCmdRequest verifyHash(long regionId, HashVerdict verdict) {
    return command(
        regionId,
        AdminRequest.newBuilder()
            .setCmdType(AdminCmdType.VerifyHash)
            .setVerifyHash(verdict.toRequest()));
  }

  private static RaftCmdRequest command(long regionId, AdminRequest.Builder admin) {
    return RaftCmdRequest.newBuilder()
        .setHeader(RaftRequestHeader.newBuilder().setRegionId(regionId))
        .setAdminRequest(admin)
        .build();
  }
}
