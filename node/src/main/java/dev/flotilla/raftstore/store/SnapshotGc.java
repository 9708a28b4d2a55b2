package dev.flotilla.raftstore.store;

import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.peer.Peer;
import dev.flotilla.raftstore.snap.SnapKey;
import dev.flotilla.raftstore.snap.SnapManager;
import dev.flotilla.raftstore.snap.SnapManager.Idle;
import dev.flotilla.raftstore.storage.PeerStorage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Deletes the files of snapshots that nobody will ask for again. */
final class SnapshotGc {
  private final SnapManager manager;
  private final RegionTable regions;
  private final Clock clock;
  private final long keepNanos;

  /** When an idle snapshot was first seen. */
  private final Map<Idle, Long> seenNanos = new HashMap<>();

  SnapshotGc(SnapManager manager, RegionTable regions, Clock clock, long keepNanos) {
    this.manager = manager;
    this.regions = regions;
    this.clock = clock;
    this.keepNanos = keepNanos;
  }

  void run() {
    List<Idle> idle = manager.idle();
    seenNanos.keySet().retainAll(idle);
    for (Idle snapshot : idle) {
      long since = seenNanos.computeIfAbsent(snapshot, unused -> clock.nanos());
      Peer peer = regions.get(snapshot.key().regionId());
      if (!isAwaited(snapshot, peer)
          && (isDone(snapshot, peer == null ? null : peer.storage())
              || clock.nanos() - since >= keepNanos)) {
        manager.delete(snapshot);
      }
    }
  }

  /**
   * Whether it may be what a replica waits for, however long that takes: without it, it cannot go
   * on.
   */
  private static boolean isAwaited(Idle snapshot, @Nullable Peer peer) {
    return peer != null && !snapshot.own() && peer.awaitsSnapshot();
  }

  private static boolean isDone(Idle snapshot, @Nullable PeerStorage storage) {
    if (storage == null) {
      return true;
    }
    SnapKey key = snapshot.key();
    if (snapshot.own()) {
      // Whoever got it would need another one at once.
      return key.index() < storage.truncatedIndex();
    }
    return key.index() < storage.truncatedIndex()
        || (key.index() == storage.truncatedIndex() && !storage.isApplyingSnapshot());
  }
}
