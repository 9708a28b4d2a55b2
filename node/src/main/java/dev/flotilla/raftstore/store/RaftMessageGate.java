package dev.flotilla.raftstore.store;

import com.google.protobuf.ByteString;
import dev.flotilla.engine.EngineReader;
import dev.flotilla.proto.eraftpb.MessageType;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.RegionEpoch;
import dev.flotilla.proto.raft_serverpb.HashReport;
import dev.flotilla.proto.raft_serverpb.PeerState;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.proto.raft_serverpb.RaftSnapshotData;
import dev.flotilla.proto.raft_serverpb.RegionLocalState;
import dev.flotilla.raft.Message;
import dev.flotilla.raft.MsgType;
import dev.flotilla.raft.Payload;
import dev.flotilla.raftstore.RegionMembers;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.peer.Peer;
import dev.flotilla.raftstore.peer.PeerContext;
import dev.flotilla.raftstore.snap.SnapSink;
import dev.flotilla.raftstore.wire.Envelopes;
import dev.flotilla.raftstore.wire.MessageCodec;
import dev.flotilla.raftstore.wire.RegionStates;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a message of another store must satisfy before a replica sees it; makes the replica if it is
 * to be made, and unmakes one that is out of date. The order of the checks matters.
 */
final class RaftMessageGate {
  /** Votes that may wait for their region to be split off here. */
  private static final int PENDING_VOTES_MAX = 20;

  private final PeerContext context;
  private final RegionTable regions;
  private final PeerLifecycle lifecycle;
  private final Hibernation hibernation;
  private final EngineReader kv;

  /** Requests for votes in regions that this store is about to get by a split. */
  private final ArrayDeque<RaftMessage> pendingVotes = new ArrayDeque<>();

  /** Regions of snapshots that were taken this turn and are not in the table yet. */
  private final List<Region> acceptedThisTurn = new ArrayList<>();

  RaftMessageGate(
      PeerContext context, RegionTable regions, PeerLifecycle lifecycle, Hibernation hibernation) {
    this.context = context;
    this.regions = regions;
    this.lifecycle = lifecycle;
    this.hibernation = hibernation;
    this.kv = context.engines().kv();
  }

  void endTurn() {
    acceptedThisTurn.clear();
  }

  /** Hands {@code envelope} to its replica; returns that, or null when the message goes nowhere. */
  @Nullable Peer admit(RaftMessage envelope) {
    if (envelope.getToPeer().getStoreId() != context.storeId()) {
      return null;
    }
    context.disks().onHeard(envelope.getFromPeer().getStoreId(), envelope.getDiskUsage());
    if (envelope.getStoreAlive()) {
      hibernation.onAlive(envelope.getFromPeer().getStoreId());
      return null;
    }
    hibernation.onMessage(envelope.getFromPeer().getStoreId());
    if (!envelope.hasRegionEpoch()
        || envelope.getToPeer().getId() == 0
        || envelope.getFromPeer().getId() == 0) {
      return null;
    }
    if (envelope.getIsTombstone()) {
      onTombstone(envelope);
      return null;
    }
    if (envelope.hasHashReport() || envelope.hasHibernation() || envelope.getWakeUp()) {
      return takeNotice(envelope);
    }
    Message message;
    try {
      message = MessageCodec.fromWire(envelope.getMessage());
    } catch (IllegalArgumentException e) {
      // Of another version, or none of ours at all.
      return null;
    }
    if (message.from() != envelope.getFromPeer().getId()
        || message.to() != envelope.getToPeer().getId()
        || isStale(envelope)) {
      return null;
    }
    Peer peer = find(envelope, message);
    if (peer == null || !admitsSnapshot(peer, envelope, message) || isVoteTooEarly(peer, message)) {
      return null;
    }
    peer.step(envelope, message);
    return peer;
  }

  /** Takes what one member tells another outside of raft. */
  private @Nullable Peer takeNotice(RaftMessage envelope) {
    Peer peer = regions.get(envelope.getRegionId());
    if (peer == null
        || peer.isRemoving()
        || peer.peer().getId() != envelope.getToPeer().getId()
        || RegionMembers.find(peer.region(), envelope.getFromPeer().getId()) == null) {
      return null;
    }
    if (envelope.hasHibernation()) {
      hibernation.onHibernation(peer, envelope);
      return peer;
    }
    peer.wakeUp();
    if (envelope.hasHashReport()) {
      HashReport report = envelope.getHashReport();
      peer.upkeep()
          .onHashReport(peer, envelope.getFromPeer().getId(), report.getIndex(), report.getHash());
    }
    return peer;
  }

  private void onTombstone(RaftMessage envelope) {
    Peer peer = regions.get(envelope.getRegionId());
    // A newer replica in the same place is not meant.
    if (peer != null
        && !peer.isRemoving()
        && peer.peer().getId() == envelope.getToPeer().getId()
        && isOlder(peer.region().getRegionEpoch(), envelope.getRegionEpoch())) {
      lifecycle.remove(peer);
    }
  }

  private static boolean isOlder(RegionEpoch epoch, RegionEpoch than) {
    return epoch.getVersion() < than.getVersion() || epoch.getConfVer() < than.getConfVer();
  }

  private boolean isStale(RaftMessage envelope) {
    Peer peer = regions.get(envelope.getRegionId());
    if (peer != null) {
      boolean stale =
          isOlder(envelope.getRegionEpoch(), peer.region().getRegionEpoch())
              && Regions.peerOn(peer.region(), envelope.getFromPeer().getStoreId()) == null;
      if (stale && isVote(envelope)) {
        peer.sendTombstone(envelope.getFromPeer());
      }
      return stale;
    }
    RegionLocalState local = RegionStates.regionState(kv, envelope.getRegionId());
    if (local == null) {
      return false;
    }
    if (local.getState() != PeerState.Tombstone) {
      // Split off on disk; the loop has yet to hear of it.
      keepFirstVote(envelope);
      return true;
    }
    return isStale(envelope, local.getRegion());
  }

  /** Whether a replica that was destroyed here is meant, or told of, rather than a newer one. */
  private boolean isStale(RaftMessage envelope, Region tombstone) {
    RegionEpoch asked = envelope.getRegionEpoch();
    if (isOlder(asked, tombstone.getRegionEpoch())) {
      if (isVote(envelope)
          && Regions.peerOn(tombstone, envelope.getFromPeer().getStoreId()) == null) {
        context
            .transport()
            .send(
                Envelopes.of(
                        envelope.getRegionId(),
                        tombstone.getRegionEpoch(),
                        envelope.getToPeer(),
                        envelope.getFromPeer(),
                        context.disks().own())
                    .setIsTombstone(true)
                    .build());
      }
      return true;
    }
    dev.flotilla.proto.metapb.Peer buried = Regions.peerOn(tombstone, context.storeId());
    if (buried != null && envelope.getToPeer().getId() <= buried.getId()) {
      return true;
    }
    // Nothing but a change of members can have put a replica here again.
    return asked.getConfVer() == tombstone.getRegionEpoch().getConfVer();
  }

  private static boolean isVote(RaftMessage envelope) {
    MessageType type = envelope.getMessage().getMsgType();
    return type == MessageType.MsgRequestVote || type == MessageType.MsgRequestPreVote;
  }

  /** The replica that the message is for, made if need be; null when there is none. */
  private @Nullable Peer find(RaftMessage envelope, Message message) {
    long target = envelope.getToPeer().getId();
    Peer peer = regions.get(envelope.getRegionId());
    if (peer != null) {
      if (peer.isRemoving() || peer.peer().getId() > target) {
        return null;
      }
      if (peer.peer().getId() == target) {
        return peer;
      }
      // A newer replica was placed here; the old one goes first.
      if (!lifecycle.remove(peer)) {
        return null;
      }
    }
    if (!Envelopes.mayCreatePeer(message)) {
      return null;
    }
    if (isTaken(envelope.getStartKey(), envelope.getEndKey())) {
      keepFirstVote(envelope);
      return null;
    }
    return lifecycle.replicate(envelope.getRegionId(), envelope.getToPeer());
  }

  private boolean isTaken(ByteString start, ByteString end) {
    return !regions.overlapping(start, end).isEmpty();
  }

  /** Whether the message has no snapshot, or one that fits beside what is here. */
  private boolean admitsSnapshot(Peer peer, RaftMessage envelope, Message message) {
    if (message.type() != MsgType.SNAPSHOT) {
      return true;
    }
    if (message.snapshot() == null || peer.storage().snapshots().isInstalling()) {
      return false;
    }
    RaftSnapshotData data;
    try {
      data = MessageCodec.snapshotData(message.snapshot());
    } catch (IllegalArgumentException e) {
      return false;
    }
    Region region = data.getRegion();
    dev.flotilla.proto.metapb.Peer self = Regions.peerOn(region, context.storeId());
    if (region.getId() != envelope.getRegionId()
        || self == null
        || self.getId() != peer.peer().getId()) {
      return false;
    }
    for (Peer other : regions.overlapping(region.getStartKey(), region.getEndKey())) {
      if (other != peer) {
        return false;
      }
    }
    for (Region other : acceptedThisTurn) {
      if (other.getId() != region.getId()
          && Regions.range(other).intersects(Regions.range(region))) {
        return false;
      }
    }
    if (!context.snapshots().isReceived(SnapSink.keyOf(envelope))) {
      // The message was so late that its files have been collected. The leader sends it again.
      return false;
    }
    acceptedThisTurn.add(region);
    return true;
  }

  /**
   * Whether a leader may still count on this replica's silence. Not so when its own leader sends
   * the candidate forth.
   */
  private static boolean isVoteTooEarly(Peer peer, Message message) {
    boolean vote = message.type() == MsgType.VOTE || message.type() == MsgType.PRE_VOTE;
    return vote
        && !message.context().equals(Payload.ofUtf8("CampaignTransfer"))
        && peer.putsOff(message);
  }

  /** The first vote in a region: its split is on its way here, and is not to cost an election. */
  private void keepFirstVote(RaftMessage envelope) {
    dev.flotilla.proto.eraftpb.Message message = envelope.getMessage();
    if (isVote(envelope) && message.getTerm() == RegionStates.INITIAL_TERM + 1) {
      if (pendingVotes.size() == PENDING_VOTES_MAX) {
        pendingVotes.removeFirst();
      }
      pendingVotes.addLast(envelope);
    }
  }

  /** Takes the votes that waited for {@code peer}, which a split has brought. */
  List<RaftMessage> takePendingVotes(dev.flotilla.proto.metapb.Peer peer) {
    List<RaftMessage> taken = new ArrayList<>();
    pendingVotes.removeIf(
        vote -> {
          boolean mine = vote.getToPeer().getId() == peer.getId();
          if (mine) {
            taken.add(vote);
          }
          return mine;
        });
    return taken;
  }
}
