package dev.flotilla.raftstore.store;

import dev.flotilla.engine.Engines;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Transport;
import dev.flotilla.raftstore.apply.ApplyBursts;
import dev.flotilla.raftstore.peer.LocalReads;
import dev.flotilla.raftstore.peer.Peer;
import java.util.ArrayList;
import java.util.List;

/**
 * The readiness pass over the peers that have raft work. The order of the steps is the safety
 * argument:
 *
 * <ol>
 *   <li>collect: messages leave that need not wait, and committed entries go to apply that earlier
 *       passes have made durable; everything that must be kept goes into one batch an engine, for
 *       all regions;
 *   <li>write: kv first and synced, for it holds what makes log entries dispensable; then the log
 *       with at most one fsync, the group commit;
 *   <li>persisted: only now the log counts towards a quorum, answers leave, and the other committed
 *       entries go to apply.
 * </ol>
 *
 * <p>A step may make more work: what was just persisted commits at once when a peer is alone.
 */
final class ReadyLoop implements AutoCloseable {
  private final Engines engines;
  private final Transport transport;
  private final ApplyBursts apply;
  private final RegionTable regions;
  private final ObservedRegions observed;
  private final boolean syncLog;
  private final WriteBatch kvBatch;
  private final WriteBatch raftBatch;
  private final List<Peer> marked = new ArrayList<>();
  private final List<Peer> collected = new ArrayList<>();
  private long syncs;

  ReadyLoop(
      Engines engines,
      Transport transport,
      ApplyBursts apply,
      RegionTable regions,
      ObservedRegions observed,
      boolean syncLog) {
    this.engines = engines;
    this.transport = transport;
    this.apply = apply;
    this.regions = regions;
    this.observed = observed;
    this.syncLog = syncLog;
    this.kvBatch = engines.kv().newBatch();
    this.raftBatch = engines.raft().newBatch();
  }

  /** {@code peer} may have raft work. */
  void mark(Peer peer) {
    if (peer.mark()) {
      marked.add(peer);
    }
  }

  void run(LocalReads reads) {
    while (!marked.isEmpty()) {
      boolean mustSync = false;
      for (Peer peer : marked) {
        peer.unmark();
        if (peer.hasReady()) {
          mustSync |= collect(peer);
          collected.add(peer);
        }
      }
      marked.clear();
      flush();
      write(mustSync);
      for (Peer peer : collected) {
        peer.persisted(reads);
        mark(peer);
      }
      collected.clear();
    }
    flush();
  }

  /** What is handed on leaves for all regions at once: each wake-up costs its receiver a turn. */
  private void flush() {
    transport.flush();
    apply.flush();
  }

  private boolean collect(Peer peer) {
    Region before = peer.region();
    boolean mustSync = peer.collect(kvBatch, raftBatch);
    if (peer.hasAcceptedSnapshot()) {
      // What it covers is taken from here on.
      regions.update(peer, before);
      observed.changed(peer, before);
    }
    return mustSync;
  }

  private void write(boolean mustSync) {
    if (!kvBatch.isEmpty()) {
      engines.kv().write(kvBatch, true);
      kvBatch.clear();
    }
    if (raftBatch.isEmpty()) {
      return;
    }
    boolean sync = mustSync && syncLog;
    engines.raft().write(raftBatch, sync);
    raftBatch.clear();
    if (sync) {
      syncs++;
    }
  }

  /** Synced writes so far. */
  long syncs() {
    return syncs;
  }

  @Override
  public void close() {
    kvBatch.close();
    raftBatch.close();
  }
}
