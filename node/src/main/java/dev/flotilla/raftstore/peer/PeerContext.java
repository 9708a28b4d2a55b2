package dev.flotilla.raftstore.peer;

import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.config.RegionConfig;
import dev.flotilla.config.SnapshotConfig;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.engine.Engines;
import dev.flotilla.raft.RaftConfig;
import dev.flotilla.raft.RaftLogger;
import dev.flotilla.raftstore.Chance;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.DivergenceListener;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Scheduler;
import dev.flotilla.raftstore.Transport;
import dev.flotilla.raftstore.apply.ApplyBursts;
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
 * @param chance draws of election timeouts
 * @param raftLogger where raft says what it does
 * @param coprocessors observers of commands and roles
 * @param transport the way to other stores
 * @param workers the way to background workers
 * @param snapshots the folder of snapshots
 * @param divergence told when replicas differ
 * @param placement the way to the placement driver
 * @param disks which stores have little space left
 */
public record PeerContext(
    long storeId,
    RaftStoreConfig config,
    RegionConfig region,
    SnapshotConfig snapshot,
    Engines engines,
    Clock clock,
    Chance chance,
    RaftLogger raftLogger,
    CoprocessorHost coprocessors,
    Transport transport,
    Workers workers,
    SnapManager snapshots,
    DivergenceListener divergence,
    Scheduler<PlacementTask> placement,
    StoreDisks disks) {
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
      ApplyBursts apply,
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

  RaftConfig raftConfig(long peerId, PeerStorage storage) {
    ElectionTimeouts timeouts = new ElectionTimeouts(chance, peerId, storage::region);
    return RaftConfig.builder(peerId, CONF_CHANGES, timeouts)
        .logger(new RegionLogger(storage.region().getId(), raftLogger))
        .heartbeatTicks(config.heartbeatTicks())
        .electionTicks(config.electionTicks())
        // Until then every voter keeps its promise to the leader, and its no would cost the
        // candidate a whole timeout.
        .electionTicksMin(config.electionTicks() + 1)
        .electionTicksMax(config.electionTicksMax() + 1)
        .applied(storage.appliedIndex())
        .messageBytesMax(config.messageBytesMax())
        .inflightMessagesMax(config.inflightMessagesMax())
        .inflightBytesMax(config.inflightBytesMax())
        .committedBytesMax(config.applyPageBytesMax())
        .preVote(true)
        .checkQuorum(true)
        .skipBcastCommit(true)
        .batchAppend(true)
        .proposalForwarding(false)
        .snapshotRequests(true)
        .build();
  }
}
