package dev.flotilla.sim.cluster;

import dev.flotilla.raftstore.Tick;
import java.time.Duration;

/** How often each duty is due. */
final class TickTimes {
  private TickTimes() {}

  /** Nanoseconds between two ticks; 0 when the duty is turned off. */
  static long nanos(Tick tick, Knobs knobs) {
    Duration interval =
        switch (tick) {
          case RAFT -> knobs.config().baseTick();
          case RAFT_LOG_GC -> knobs.config().logGcTick();
          case SPLIT_CHECK -> knobs.region().splitCheckTick();
          case COMPACT_CHECK -> knobs.region().compactCheckTick();
          case CONSISTENCY_CHECK -> knobs.region().consistencyCheckTick();
          case SNAPSHOT_GC -> knobs.snapshot().gcTick();
          case REGION_HEARTBEAT -> knobs.config().regionHeartbeatTick();
          case STORE_HEARTBEAT -> knobs.config().storeHeartbeatTick();
        };
    return interval.toNanos();
  }
}
