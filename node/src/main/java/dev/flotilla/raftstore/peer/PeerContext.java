package dev.flotilla.raftstore.peer;

import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.config.RegionConfig;
import dev.flotilla.config.SnapshotConfig;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.engine.Engines;
import dev.flotilla.raft.RaftConfig;
import dev.flotilla.raft.RaftLogger;
import dev.flotilla.raft.TimeoutSource;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.DivergenceListener;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Quarantine;
import dev.flotilla.raftstore.Scheduler;
import dev.flotilla.raftstore.Transport;
import dev.flotilla.raftstore.apply.ApplyTask;
import dev.flotilla.raftstore.snap.RegionTask;
import dev.flotilla.raftstore.snap.SnapManager;
import dev.flotilla.raftstore.storage.PeerStorage;
import dev.flotilla.raftstore.task.CompactTask;
import dev.flotilla.raftstore.task.HashTask;
import dev.flotilla.raftstore.task.LogGcTask;
import dev.flotilla.raftstore.task.SplitCheckTask;
import dev.flotilla.raftstore.wire.EraftConfChangeCodec;

/**
 * What every peer of a store shares.
 *
 * @param storeId the store
 * @param config settings of the raftstore
 * @param region settings of regions
 * @param snapshot settings of snapshots
 * @param engines both engines; owned by the node
 * @param clock time
 * @param timeouts draws of election timeouts
 * @param raftLogger where raft says what it does
 * @param coprocessors observers of commands and roles
 * @param transport the way to other stores
 * @param workers the way to background workers
 * @param snapshots the folder of snapshots
 * @param divergence told when replicas differ
 * @param placement the way to the placement driver
 */
public record PeerContext(
    long storeId,
    RaftStoreConfig config,
    RegionConfig region,
    SnapshotConfig snapshot,
    Engines engines,
    Clock clock,
    TimeoutSource timeouts,
    RaftLogger raftLogger,
    CoprocessorHost coprocessors,
    Transport transport,
    Workers workers,
    SnapManager snapshots,
    DivergenceListener divergence,
    Scheduler<PlacementTask> placement) {
  /** Election timeouts that a replica in quarantine lets pass. */
  private static final int LAST_RESORT = 10;

  private static final EraftConfChangeCodec CONF_CHANGES = new EraftConfChangeCodec();

  /**
   * Background workers of a store.
   *
   * @param apply applies what committed
   * @param logGc deletes log entries
   * @param snapshots builds snapshots
   * @param regions installs snapshots and clears ranges
   * @param splitChecks measures regions
   * @param compactions compacts regions
   * @param hashes hashes regions
   */
  public record Workers(
      Scheduler<ApplyTask> apply,
      Scheduler<LogGcTask> logGc,
      Scheduler<RegionTask.Build> snapshots,
      Scheduler<RegionTask> regions,
      Scheduler<SplitCheckTask> splitChecks,
      Scheduler<CompactTask> compactions,
      Scheduler<HashTask> hashes) {}

  Scheduler<ApplyTask> apply() {
    return workers.apply();
  }

  Scheduler<LogGcTask> logGc() {
    return workers.logGc();
  }

  /** Shortest time without a leader after which anyone may campaign. */
  public long electionNanos() {
    return config.baseTick().toNanos() * config.electionTicks();
  }

  /**
   * A replica in quarantine stands for election when all others have had time to and did not: it
   * would only hand over. Never to stand could lose what nobody else has logged.
   */
  private TimeoutSource timeoutsOf(long peerId, PeerStorage storage) {
    return (min, max) -> {
      int ticks = timeouts.draw(min, max);
      return Quarantine.includes(storage.region(), peerId) ? ticks * LAST_RESORT : ticks;
    };
  }

  RaftConfig raftConfig(long peerId, PeerStorage storage) {
    return RaftConfig.builder(peerId, CONF_CHANGES, timeoutsOf(peerId, storage))
        .logger(raftLogger)
        .heartbeatTicks(config.heartbeatTicks())
        .electionTicks(config.electionTicks())
        .electionTicksMin(config.electionTicks())
        .electionTicksMax(config.electionTicksMax() + 1)
        .applied(storage.appliedIndex())
        .messageBytesMax(config.messageBytesMax())
        .inflightMessagesMax(config.inflightMessagesMax())
        .committedBytesMax(config.applyPageBytesMax())
        .preVote(true)
        .checkQuorum(true)
        .skipBcastCommit(true)
        .proposalForwarding(false)
        .build();
  }
}
