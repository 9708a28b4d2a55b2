package dev.flotilla.raftstore.store;

import dev.flotilla.engine.Engine;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.raftstore.peer.LocalReads;
import dev.flotilla.raftstore.peer.Peer;
import java.util.ArrayList;
import java.util.List;

/**
 * The readiness pass over the peers that have raft work. The order of the steps is the safety
 * argument:
 *
 * <ol>
 *   <li>collect: everything that must be kept goes into one batch for all regions;
 *   <li>write: one write and at most one fsync, the group commit;
 *   <li>persisted: only now the log counts towards a quorum, and committed entries go to apply.
 * </ol>
 *
 * <p>A step may make more work: what was just persisted commits at once when a peer is alone.
 */
final class ReadyLoop implements AutoCloseable {
  private final Engine raft;
  private final WriteBatch batch;
  private final boolean syncLog;
  private List<Peer> marked = new ArrayList<>();
  private List<Peer> collected = new ArrayList<>();
  private long syncs;

  ReadyLoop(Engine raft, boolean syncLog) {
    this.raft = raft;
    this.batch = raft.newBatch();
    this.syncLog = syncLog;
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
          mustSync |= peer.collect(batch);
          collected.add(peer);
        }
      }
      marked.clear();
      write(mustSync);
      for (Peer peer : collected) {
        peer.persisted(reads);
        mark(peer);
      }
      collected.clear();
    }
  }

  private void write(boolean mustSync) {
    if (batch.isEmpty()) {
      return;
    }
    boolean sync = mustSync && syncLog;
    raft.write(batch, sync);
    batch.clear();
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
    batch.close();
  }
}
