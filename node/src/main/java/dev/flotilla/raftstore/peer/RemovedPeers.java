package dev.flotilla.raftstore.peer;

import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.RegionMembers;
import java.util.ArrayList;
import java.util.List;

/**
 * The peers that a leader has removed from its region and still tells so: raft sends them nothing
 * more, and one that missed the entry would go on with what it has, for minutes if it hibernates
 * (TiKV keeps gc records of removed peers for the same). After two election timeouts they have been
 * told, or have seen for themselves that their leader's store is silent. Whoever was cut off from
 * these messages alone is left to wake by itself.
 */
final class RemovedPeers {
  private final int interval;
  private final int patience;
  private List<dev.flotilla.proto.metapb.Peer> peers = List.of();
  private int ticksLeft;

  /** Tells them each {@code heartbeatTicks}, for twice {@code electionTicks}. */
  RemovedPeers(int heartbeatTicks, int electionTicks) {
    this.interval = heartbeatTicks;
    this.patience = 2 * electionTicks;
  }

  boolean isEmpty() {
    return peers.isEmpty();
  }

  /** The region that {@code leader} leads has other members than {@code before}. */
  void onMembersChanged(Region before, Peer leader) {
    List<dev.flotilla.proto.metapb.Peer> removed = new ArrayList<>(peers);
    for (dev.flotilla.proto.metapb.Peer peer : before.getPeersList()) {
      if (RegionMembers.find(leader.region(), peer.getId()) == null) {
        removed.add(peer);
        leader.sendTombstone(peer);
        ticksLeft = patience;
      }
    }
    peers = removed;
  }

  void tick(Peer peer) {
    if (peers.isEmpty()) {
      return;
    }
    ticksLeft--;
    if (ticksLeft <= 0 || !peer.isLeader()) {
      peers = List.of();
    } else if (ticksLeft % interval == 0) {
      peers.forEach(peer::sendTombstone);
    }
  }
}
