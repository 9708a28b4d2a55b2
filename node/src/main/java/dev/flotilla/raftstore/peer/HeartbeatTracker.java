package dev.flotilla.raftstore.peer;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.pdpb.PeerStats;
import dev.flotilla.raftstore.RegionMembers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When a leader last heard of each peer. Invariant: only the region's peers are in it, and nobody
 * while not leading: an old reading would make a peer look long dead.
 */
final class HeartbeatTracker {
  private final Map<Long, Long> heardNanos = new HashMap<>();

  void onHeard(long peerId, long nowNanos) {
    heardNanos.put(peerId, nowNanos);
  }

  /** Whether a peer was heard of, or became one, after {@code nanos}. */
  boolean isHeardSince(long peerId, long nanos) {
    Long last = heardNanos.get(peerId);
    return last != null && last - nanos > 0;
  }

  void clear() {
    heardNanos.clear();
  }

  /** Counts from now for peers that never answered; forgets those that are gone. */
  void track(Region region, long nowNanos) {
    heardNanos.keySet().removeIf(id -> RegionMembers.find(region, id) == null);
    for (Peer peer : region.getPeersList()) {
      heardNanos.putIfAbsent(peer.getId(), nowNanos);
    }
  }

  /** Peers that were silent for {@code silenceNanos} or longer, but for {@code selfId}. */
  List<PeerStats> down(Region region, long selfId, long nowNanos, long silenceNanos) {
    List<PeerStats> down = new ArrayList<>();
    for (Peer peer : region.getPeersList()) {
      Long heard = heardNanos.get(peer.getId());
      if (peer.getId() != selfId && heard != null && nowNanos - heard >= silenceNanos) {
        down.add(
            PeerStats.newBuilder()
                .setPeer(peer)
                .setDownSeconds((nowNanos - heard) / 1_000_000_000)
                .build());
      }
    }
    return down;
  }
}
