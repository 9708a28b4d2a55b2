package dev.flotilla.raftstore.store;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raftstore.peer.PeerContext;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lets regions hibernate in which nothing happens: their replicas neither tick nor send heartbeats,
 * so that they cost nothing. A leader that is idle, with all replicas at its last entry, says so
 * and hibernates; each replica follows if it agrees. Any command or message of raft wakes a
 * replica, and by it its leader, and by that all.
 *
 * <p>That a leader is alive is known from its store meanwhile: stores with regions in common tell
 * each other so, once a heartbeat interval for all regions, and the silence of one wakes the
 * regions that have a replica there. So a dead store is found as soon as without hibernation
 * (CockroachDB's quiescence does likewise; TiKV's regions find out from clients).
 *
 * <p>Messages may be lost, and a replica then hibernates on under a leader that does not: its
 * heartbeats wake it. Under one that leads no more, as it left the region, it would for good; so
 * each region is woken now and then.
 */
final class Hibernation {
  /** Ticks after which a region looks after itself. */
  private static final int LONG_TICKS = 3000;

  private final PeerContext context;
  private final RegionTable regions;
  private final ReadyLoop readyLoop;
  private final int silenceTicks;

  /** When each store that this one keeps in touch with was last heard of, in ticks. */
  private final Map<Long, Long> heard = new HashMap<>();

  private long now;

  /** The store that sent last, and when: its next message says nothing new. */
  private long lastHeard;

  private long lastHeardTick;

  Hibernation(PeerContext context, RegionTable regions, ReadyLoop readyLoop) {
    this.context = context;
    this.regions = regions;
    this.readyLoop = readyLoop;
    // A leader that is alive has the rest of the timeout to say so.
    this.silenceTicks =
        Math.max(context.config().electionTicks() * 3 / 4, context.config().heartbeatTicks() + 1);
  }

  /** Lets a tick pass for all replicas. */
  void tick() {
    now++;
    lookAtStores();
    int position = 0;
    for (dev.flotilla.raftstore.peer.Peer peer : regions.peers()) {
      if (!peer.isHibernating()) {
        tick(peer);
      } else if ((now + position) % LONG_TICKS == 0) {
        peer.wakeUp();
        readyLoop.mark(peer);
      }
      position++;
    }
  }

  private void tick(dev.flotilla.raftstore.peer.Peer peer) {
    // Before the tick, with which heartbeats may leave, every time if they are set so.
    if (peer.hibernation().isIdle(peer) && areAlive(peer.region())) {
      peer.hibernation().begin();
    } else if (peer.tick()) {
      readyLoop.mark(peer);
    }
  }

  private void lookAtStores() {
    heard.values().removeIf(last -> now - last >= LONG_TICKS + silenceTicks);
    boolean speaks = now % context.config().heartbeatTicks() == 0;
    for (Map.Entry<Long, Long> each : heard.entrySet()) {
      if (speaks) {
        tellAlive(each.getKey());
      }
      if (now - each.getValue() == silenceTicks) {
        wakeThoseOn(each.getKey());
      }
    }
  }

  private void tellAlive(long storeId) {
    context
        .transport()
        .send(
            RaftMessage.newBuilder()
                .setFromPeer(Peer.newBuilder().setStoreId(context.storeId()))
                .setToPeer(Peer.newBuilder().setStoreId(storeId))
                .setStoreAlive(true)
                .setDiskUsage(context.disks().own())
                .build());
  }

  private void wakeThoseOn(long storeId) {
    for (dev.flotilla.raftstore.peer.Peer peer : regions.peers()) {
      if (peer.isHibernating() && isOn(peer.region(), storeId)) {
        // Another store's silence is no reason to stand for election.
        peer.hibernation().onStoreSilent(ticksOfSilence(peer.leader()));
        readyLoop.mark(peer);
      }
    }
  }

  private int ticksOfSilence(@Nullable Peer leader) {
    Long last = leader == null ? null : heard.get(leader.getStoreId());
    return last == null ? 0 : (int) Math.min(silenceTicks, now - last);
  }

  private static boolean isOn(Region region, long storeId) {
    for (int i = 0; i < region.getPeersCount(); i++) {
      if (region.getPeers(i).getStoreId() == storeId) {
        return true;
      }
    }
    return false;
  }

  /** Another store says that it is alive, and wants to know the same of this one. */
  void onAlive(long storeId) {
    heard.put(storeId, now);
  }

  /** A message came, which shows as much: its words of that may wait behind many of them. */
  void onMessage(long storeId) {
    if (storeId != lastHeard || now != lastHeardTick) {
      lastHeard = storeId;
      lastHeardTick = now;
      heard.replace(storeId, now);
    }
  }

  private boolean areAlive(Region region) {
    boolean all = true;
    for (Peer peer : region.getPeersList()) {
      if (peer.getStoreId() != context.storeId()) {
        heard.putIfAbsent(peer.getStoreId(), now - silenceTicks);
        all &= isAlive(peer.getStoreId());
      }
    }
    return all;
  }

  private boolean isAlive(long storeId) {
    Long last = heard.get(storeId);
    return last != null && now - last < silenceTicks;
  }

  /** A leader says that its region hibernates. */
  void onHibernation(dev.flotilla.raftstore.peer.Peer peer, RaftMessage envelope) {
    peer.hibernation().onNotice(peer, envelope, isAlive(envelope.getFromPeer().getStoreId()));
  }
}
