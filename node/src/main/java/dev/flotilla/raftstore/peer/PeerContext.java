package dev.flotilla.raftstore.peer;

import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.engine.Engines;
import dev.flotilla.raft.RaftLogger;
import dev.flotilla.raft.TimeoutSource;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Scheduler;
import dev.flotilla.raftstore.apply.ApplyTask;
import dev.flotilla.raftstore.task.LogGcTask;

/**
 * What every peer of a store shares.
 *
 * @param storeId the store
 * @param config settings
 * @param engines both engines; owned by the node
 * @param clock time
 * @param timeouts draws of election timeouts
 * @param raftLogger where raft says what it does
 * @param coprocessors observers of commands and roles
 * @param apply the way to the apply workers
 * @param logGc the way to the worker that deletes log entries
 * @param placement the way to the placement driver
 */
public record PeerContext(
    long storeId,
    RaftStoreConfig config,
    Engines engines,
    Clock clock,
    TimeoutSource timeouts,
    RaftLogger raftLogger,
    CoprocessorHost coprocessors,
    Scheduler<ApplyTask> apply,
    Scheduler<LogGcTask> logGc,
    Scheduler<PlacementTask> placement) {}
