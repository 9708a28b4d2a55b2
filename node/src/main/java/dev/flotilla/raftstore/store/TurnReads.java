package dev.flotilla.raftstore.store;

import dev.flotilla.engine.Engine;
import dev.flotilla.raftstore.Epochs;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.SharedSnapshot;
import dev.flotilla.raftstore.peer.LocalReads;
import dev.flotilla.raftstore.peer.Peer;
import dev.flotilla.raftstore.peer.Read;
import java.util.ArrayList;
import java.util.List;

/**
 * Serves the reads of a turn from one engine snapshot.
 *
 * <p>The snapshot is taken after the last of them was admitted: one taken earlier could miss a
 * write that was acknowledged before that read was sent.
 */
final class TurnReads implements LocalReads {
  private record Waiting(Peer peer, Read read) {}

  private final Engine kv;
  private final List<Waiting> waiting = new ArrayList<>();

  TurnReads(Engine kv) {
    this.kv = kv;
  }

  @Override
  public void add(Peer peer, Read read) {
    waiting.add(new Waiting(peer, read));
  }

  /** The node is stopping before they could be served. */
  void refuseAll() {
    waiting.forEach(
        item -> item.read().callback().refused(new Refusal.ServerIsBusy("the node is stopping")));
    waiting.clear();
  }

  void serve() {
    if (waiting.isEmpty()) {
      return;
    }
    SharedSnapshot snapshot = new SharedSnapshot(kv.snapshot());
    for (Waiting item : waiting) {
      serve(item.peer(), item.read(), snapshot);
    }
    waiting.clear();
    snapshot.release();
  }

  /** The region may have changed, or gone, while the read waited. */
  private static void serve(Peer peer, Read read, SharedSnapshot snapshot) {
    try {
      if (peer.isRemoving()) {
        throw new Refusal.RegionNotFound(peer.region().getId());
      }
      if (peer.isOutOfService()) {
        throw new Refusal.OutOfService(peer.region().getId());
      }
      Epochs.check(read.command(), peer.region());
    } catch (Refusal refusal) {
      read.callback().refused(refusal);
      return;
    }
    read.callback()
        .readable(
            new ReadGrant(snapshot.retain(), peer.region(), peer.term(), peer.lastStampMillis()));
  }
}
