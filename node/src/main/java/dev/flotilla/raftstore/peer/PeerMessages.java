package dev.flotilla.raftstore.peer;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_serverpb.HashReport;
import dev.flotilla.proto.raft_serverpb.Hibernation;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raft.Message;
import dev.flotilla.raft.MsgType;
import dev.flotilla.raftstore.RegionMembers;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.Transport;
import dev.flotilla.raftstore.wire.Envelopes;
import dev.flotilla.raftstore.wire.MessageCodec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sends one replica's messages, each with what its receiver needs to judge it. */
final class PeerMessages {
  private final Transport transport;
  private final Peer self;
  private final StoreDisks disks;
  private final LeftBehind leftBehind;

  /** Peers that are not in the region as it is here: of an older or newer one. */
  private final Map<Long, Peer> strangers = new HashMap<>();

  PeerMessages(Transport transport, Peer self, StoreDisks disks, LeftBehind leftBehind) {
    this.transport = transport;
    this.self = self;
    this.disks = disks;
    this.leftBehind = leftBehind;
  }

  /** Who sends. */
  Peer self() {
    return self;
  }

  /** {@code peer} has sent something, so it can be answered. */
  void learn(Peer peer, Region region) {
    if (RegionMembers.find(region, peer.getId()) == null) {
      strangers.put(peer.getId(), peer);
    }
  }

  /** The region has changed: whoever is needed is in it, or will send again. */
  void forgetStrangers() {
    strangers.clear();
  }

  /** Lets a tick pass. */
  void tick(Region region) {
    leftBehind.tick(region);
  }

  /** Where a peer lives, or null when that is not known. */
  @Nullable Peer find(long peerId, Region region) {
    Peer member = RegionMembers.find(region, peerId);
    return member != null ? member : strangers.get(peerId);
  }

  /**
   * Sends {@code messages}.
   *
   * @param lastIndex of the sender's log
   */
  void send(List<Message> messages, Region region, long lastIndex) {
    for (int i = 0; i < messages.size(); i++) {
      send(messages.get(i), region, lastIndex);
    }
  }

  private void send(Message message, Region region, long lastIndex) {
    Peer to = find(message.to(), region);
    if (to == null) {
      // It will be heard of again if it matters.
      return;
    }
    if (leftBehind.withholds(message, region, to)) {
      return;
    }
    dev.flotilla.proto.eraftpb.Message wire = MessageCodec.toWire(message);
    if (message.type() == MsgType.TIMEOUT_NOW) {
      // Lets a receiver that has moved on since see that the order is late.
      wire = wire.toBuilder().setIndex(lastIndex).build();
    }
    RaftMessage.Builder envelope = to(to, region).setMessage(wire);
    if (Regions.isInitialized(region) && Envelopes.mayCreatePeer(message)) {
      envelope.setStartKey(region.getStartKey()).setEndKey(region.getEndKey());
    }
    transport.send(envelope.build());
  }

  /** Tells {@code leader} the hash of this replica's data as of {@code index}. */
  void sendHashReport(Peer leader, Region region, long index, ByteString hash) {
    HashReport.Builder report = HashReport.newBuilder().setIndex(index).setHash(hash);
    transport.send(to(leader, region).setHashReport(report).build());
  }

  /** Tells {@code peer}, which is of an older region, to go away. */
  void sendTombstone(Peer peer, Region region) {
    transport.send(to(peer, region).setIsTombstone(true).build());
  }

  /** Tells all others that the region hibernates. */
  void sendHibernation(Region region, Hibernation state) {
    for (Peer peer : region.getPeersList()) {
      if (peer.getId() != self.getId()) {
        transport.send(to(peer, region).setHibernation(state).build());
      }
    }
  }

  /** Tells {@code peer} that the region does not hibernate. */
  void sendWakeUp(Peer peer, Region region) {
    transport.send(to(peer, region).setWakeUp(true).build());
  }

  private RaftMessage.Builder to(Peer peer, Region region) {
    return Envelopes.of(region.getId(), region.getRegionEpoch(), self, peer, disks.own());
  }
}
