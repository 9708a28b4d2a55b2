package dev.flotilla.coprocessor;

import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;

/** The calls at apply. */
final class ApplyCalls {
  private ApplyCalls() {}

  static void before(
      Chain chain, Region region, long index, long term, long stamp, RaftCmdRequest command) {}

  static RaftCmdResponse after(
      Chain chain,
      Region region,
      long index,
      long term,
      RaftCmdRequest command,
      RaftCmdResponse response,
      boolean proposer) {
    return response;
  }
}
