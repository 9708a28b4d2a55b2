package dev.flotilla.verticle;

import dev.flotilla.config.RegionConfig;
import dev.flotilla.config.SnapshotConfig;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.engine.Engines;
import dev.flotilla.raft.RaftLogger;
import dev.flotilla.raftstore.AnswerBurst;
import dev.flotilla.raftstore.Chance;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.DivergenceListener;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Scheduler;
import dev.flotilla.raftstore.Transport;
import dev.flotilla.raftstore.snap.SnapManager;

/**
 * What a store runs in.
 *
 * @param storeId the store
 * @param region settings of regions
 * @param snapshot settings of snapshots
 * @param engines both engines, open; closed by the owner after the store has stopped
 * @param clock time
 * @param chance draws of election timeouts
 * @param raftLogger where raft says what it does
 * @param coprocessors observers of commands and roles
 * @param transport the way to other stores
 * @param snapshots the folder of snapshots
 * @param divergence told when replicas differ
 * @param answering surrounds answers that leave together
 * @param placement takes the store's reports; must not block
 */
public record StoreSetting(
    long storeId,
    RegionConfig region,
    SnapshotConfig snapshot,
    Engines engines,
    Clock clock,
    Chance chance,
    RaftLogger raftLogger,
    CoprocessorHost coprocessors,
    Transport transport,
    SnapManager snapshots,
    DivergenceListener divergence,
    AnswerBurst answering,
    Scheduler<PlacementTask> placement) {}
