package dev.flotilla.raftstore.peer;

import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raft.Message;
import dev.flotilla.raft.RawNode;
import dev.flotilla.raftstore.RegionMembers;
import java.util.HashSet;
import java.util.Set;

/**
 * The followers that a leader leaves behind as their disks are full: they are sent no entries. Raft
 * is told so, too, or it would read what comes next for them with each heartbeat that they answer.
 */
final class LeftBehind {
  private final RawNode raft;
  private final DiskGuard guard;
  private final Set<Long> peers = new HashSet<>();

  LeftBehind(RawNode raft, DiskGuard guard) {
    this.raft = raft;
    this.guard = guard;
  }

  /** Whether {@code message} is to be lost on its way to {@code peer}, and what follows it. */
  boolean withholds(Message message, Region region, dev.flotilla.proto.metapb.Peer peer) {
    if (!guard.withholds(message, region, peer)) {
      return false;
    }
    raft.pauseAppends(peer.getId());
    peers.add(peer.getId());
    return true;
  }

  /** Lets a tick pass: those who have space again, or are needed, are caught up. */
  void tick(Region region) {
    if (!peers.isEmpty()) {
      peers.removeIf(id -> !isLeftBehind(id, region));
    }
  }

  private boolean isLeftBehind(long peerId, Region region) {
    dev.flotilla.proto.metapb.Peer peer = RegionMembers.find(region, peerId);
    if (!raft.isLeader() || peer == null) {
      return false;
    }
    boolean isLeft = guard.leavesBehind(region, peer);
    if (!isLeft) {
      raft.resumeAppends(peerId);
    }
    return isLeft;
  }
}
