package dev.flotilla.raftstore.peer;

import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.raftstore.Callback;

/**
 * A read that waits.
 *
 * @param command what was asked, to be checked against the region as it is when served
 * @param callback who asked
 */
public record Read(RaftCmdRequest command, Callback callback) {}
