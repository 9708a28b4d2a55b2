package dev.flotilla.raftstore.store;

import dev.flotilla.engine.Engine;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.SharedSnapshot;
import dev.flotilla.raftstore.peer.LocalReads;
import dev.flotilla.raftstore.peer.Peer;
import java.util.ArrayList;
import java.util.List;

/**
 * Serves the reads of a turn from one engine snapshot.
 *
 * <p>The snapshot is taken after the last of them was admitted: one taken earlier could miss a
 * write that was acknowledged before that read was sent.
 */
final class TurnReads implements LocalReads {
  private record Waiting(Peer peer, Callback reader) {}

  private final Engine kv;
  private final List<Waiting> waiting = new ArrayList<>();

  TurnReads(Engine kv) {
    this.kv = kv;
  }

  @Override
  public void add(Peer peer, Callback reader) {
    waiting.add(new Waiting(peer, reader));
  }

  /** The node is stopping before they could be served. */
  void refuseAll() {
    waiting.forEach(
        read -> read.reader().refused(new Refusal.ServerIsBusy("the node is stopping")));
    waiting.clear();
  }

  void serve() {
    if (waiting.isEmpty()) {
      return;
    }
    SharedSnapshot snapshot = new SharedSnapshot(kv.snapshot());
    for (Waiting read : waiting) {
      Peer peer = read.peer();
      read.reader()
          .readable(
              new ReadGrant(snapshot.retain(), peer.region(), peer.term(), peer.lastStampMillis()));
    }
    waiting.clear();
    snapshot.release();
  }
}
