package dev.flotilla.coprocessor;

import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;

/** The calls before a proposal. */
final class ProposeCalls {
  private ProposeCalls() {}

  static RaftCmdRequest query(Chain chain, Region region, long term, RaftCmdRequest command) {
    return command;
  }

  static AdminRequest admin(Chain chain, Region region, long term, AdminRequest admin) {
    return admin;
  }
}
