package dev.flotilla.sim;

import dev.flotilla.config.RaftStoreConfig;

/** Settings with limits that a test can reach. */
final class SimConfigs {
  static final int ENTRY_BYTES_MAX = 1024;
  static final int APPLY_BACKLOG_MAX = 16;
  static final int LOG_GC_THRESHOLD = 5;

  private SimConfigs() {}

  static RaftStoreConfig smallLimits() {
    RaftStoreConfig d = RaftStoreConfig.defaults();
    return new RaftStoreConfig(
        d.syncLog(),
        d.baseTick(),
        d.heartbeatTicks(),
        d.electionTicks(),
        d.electionTicksMax(),
        d.leaderLease(),
        d.messageBytesMax(),
        d.inflightMessagesMax(),
        ENTRY_BYTES_MAX,
        d.applyPageBytesMax(),
        APPLY_BACKLOG_MAX,
        d.logGcTick(),
        LOG_GC_THRESHOLD,
        d.logGcCountLimit(),
        d.logGcBytesLimit(),
        d.expirySweepTick(),
        d.regionHeartbeatTick(),
        d.storeHeartbeatTick(),
        d.notifyCapacity(),
        d.messagesPerTick());
  }
}
