package dev.flotilla.raftstore.peer;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.RegionEpoch;
import dev.flotilla.proto.pdpb.PeerStats;
import dev.flotilla.raft.Message;
import dev.flotilla.raft.MsgType;
import dev.flotilla.raft.RawNode;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RegionMembers;
import dev.flotilla.raftstore.Regions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who was heard of when: the others by a leader, the leader by everyone. */
final class PeerHealth {
  /** Ticks between reports of a region that is changing. */
  private static final int NEWS_TICKS = 5;

  private final PeerContext context;
  private final long selfId;
  private final HeartbeatTracker heard = new HeartbeatTracker();
  private final LeaderMissing leaderMissing;
  private RegionEpoch seen = RegionEpoch.getDefaultInstance();
  private boolean heardLeader;
  private long leaderHeardNanos;
  private int ticksToNews = NEWS_TICKS;

  /** The last question for a vote that came before the promise to a leader was over. */
  private @Nullable Message early;

  PeerHealth(PeerContext context, long selfId) {
    this.context = context;
    this.selfId = selfId;
    this.leaderMissing =
        new LeaderMissing(context.region().leaderMissingMax().toNanos(), context.clock().nanos());
  }

  void onHeard(RawNode raft, Message message) {
    if (raft.isLeader()) {
      heard.onHeard(message.from(), context.clock().nanos());
    } else if (isLeaders(message.type()) && message.term() >= raft.term()) {
      heardLeader = true;
      leaderHeardNanos = context.clock().nanos();
      early = null;
    }
  }

  /** Not even this replica knows when it last heard of a leader; at worst it was just now. */
  void assumeLeader() {
    heardLeader = true;
    leaderHeardNanos = context.clock().nanos();
  }

  /** Others know this replica for a member of the region as it is at {@code epoch}. */
  void onEpoch(RegionEpoch epoch) {
    if (epoch.getConfVer() > seen.getConfVer()) {
      seen = epoch;
    }
  }

  private static boolean isLeaders(MsgType type) {
    return type == MsgType.APPEND || type == MsgType.HEARTBEAT || type == MsgType.SNAPSHOT;
  }

  /**
   * Whether a leader was heard of that recently, by the clock: a leader's lease counts on silence
   * to all candidates for as long, and ticks of this store may come faster than its own.
   */
  boolean heardLeaderWithin(long nanos) {
    return heardLeader && context.clock().nanos() - leaderHeardNanos < nanos;
  }

  /**
   * A message came while the promise to the leader still holds. If it asks whether this replica
   * would vote, it is kept for when the promise is over: the candidate does not ask again for an
   * election timeout. To raft it is as if it had been on its way for so long.
   */
  void keepEarly(Message message) {
    if (message.type() == MsgType.PRE_VOTE) {
      early = message;
    }
  }

  /** The question that was kept, once the promise is over by raft's ticks and by the clock. */
  @Nullable Message takeEarly(RawNode raft) {
    if (early == null || raft.honoursLeader() || heardLeaderWithin(context.electionNanos())) {
      return null;
    }
    Message taken = early;
    early = null;
    return taken;
  }

  /** Whether a leader heard of this peer within an election timeout, or has led for less. */
  boolean isHeard(long peerId) {
    long since = context.clock().nanos() - context.electionNanos();
    return heard.isHeardSince(peerId, since);
  }

  void onLeader(Region region) {
    early = null;
    heard.clear();
    heard.track(region, context.clock().nanos());
  }

  void onFollower() {
    heard.clear();
  }

  void onMembersChanged(Region region) {
    heard.track(region, context.clock().nanos());
  }

  /** Asks the driver whether this replica is still wanted, when it has had no leader for long. */
  void tick(Region region, Peer self, long leaderId) {
    // A learner has no elections by which it would forget a leader that is silent for ever.
    boolean hasLeader =
        leaderId == selfId
            || (leaderId != 0 && heardLeaderWithin(context.region().leaderMissingMax().toNanos()));
    if (leaderMissing.check(hasLeader, Regions.isInitialized(region), context.clock().nanos())) {
      // Without data it has no epoch of its own, and a driver that has not heard of it yet would
      // have it destroyed.
      Region asked =
          Regions.isInitialized(region) ? region : region.toBuilder().setRegionEpoch(seen).build();
      context.placement().schedule(new PlacementTask.ValidatePeer(asked, self));
    }
  }

  /**
   * Whether it is time to tell the driver of a region that is changing: it waits for new replicas
   * to catch up before it goes on.
   */
  boolean isNewsDue(Region region) {
    if (!isChanging(region)) {
      ticksToNews = NEWS_TICKS;
      return false;
    }
    ticksToNews--;
    if (ticksToNews > 0) {
      return false;
    }
    ticksToNews = NEWS_TICKS;
    return true;
  }

  /** Whether the region has members that are not what they are to be. */
  boolean isChanging(Region region) {
    for (int i = 0; i < region.getPeersCount(); i++) {
      if (region.getPeers(i).getRole() != PeerRole.Voter) {
        return true;
      }
    }
    return false;
  }

  /** What the driver is told by a leader. */
  PlacementTask.Leads report(
      Region region, Peer self, RawNode raft, long truncatedIndex, long approximateBytes) {
    List<Peer> pending = new ArrayList<>();
    raft.forEachProgress(
        (id, match, next, state, active, snapshot, learner) -> {
          Peer peer = RegionMembers.find(region, id);
          if (peer != null && id != selfId && match < truncatedIndex) {
            pending.add(peer);
          }
        });
    heard.track(region, context.clock().nanos());
    List<PeerStats> down =
        new ArrayList<>(
            heard.down(
                region,
                selfId,
                context.clock().nanos(),
                context.region().peerDownAfter().toNanos()));
    for (Peer peer : region.getPeersList()) {
      // It is of no more use than one that is silent.
      if (peer.getQuarantined() && down.stream().noneMatch(one -> one.getPeer().equals(peer))) {
        down.add(PeerStats.newBuilder().setPeer(peer).build());
      }
    }
    return new PlacementTask.Leads(region, self, raft.term(), approximateBytes, down, pending);
  }
}
