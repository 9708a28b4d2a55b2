package dev.flotilla.node;

import dev.flotilla.config.NodeConfig;
import dev.flotilla.config.RaftStoreConfig;

/** Settings that must be alike on all stores: leader leases rely on them. */
final class SharedSettings {
  private SharedSettings() {}

  /** The settings in a line, for comparison and for people. */
  static String of(NodeConfig config) {
    RaftStoreConfig raft = config.raftStore();
    return "base-tick="
        + raft.baseTick().toMillis()
        + "ms heartbeat-ticks="
        + raft.heartbeatTicks()
        + " election-ticks="
        + raft.electionTicks()
        + " leader-lease="
        + raft.leaderLease().toMillis()
        + "ms";
  }
}
