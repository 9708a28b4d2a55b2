package dev.flotilla.raftstore.apply;

import dev.flotilla.proto.raft_serverpb.RaftTruncatedState;

/** What applying an admin command means for the peer on the store loop. */
public sealed interface ExecResult {
  /** The log up to and including {@code truncated} is no longer needed. */
  record CompactLog(RaftTruncatedState truncated) implements ExecResult {}
}
