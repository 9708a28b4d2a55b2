package dev.flotilla.sim;

import dev.flotilla.config.ConfigBuilder;
import dev.flotilla.config.RaftStoreConfig;

/** Settings with limits that a test can reach. */
final class SimConfigs {
  static final int ENTRY_BYTES_MAX = 1024;
  static final int APPLY_BACKLOG_MAX = 16;
  static final int LOG_GC_THRESHOLD = 5;

  private SimConfigs() {}

  static RaftStoreConfig smallLimits() {
    return ConfigBuilder.from(RaftStoreConfig.defaults())
        .set("entryBytesMax", ENTRY_BYTES_MAX)
        .set("applyBacklogMax", APPLY_BACKLOG_MAX)
        .set("logGcThreshold", LOG_GC_THRESHOLD)
        .build();
  }
}
