package dev.flotilla.raftstore.store;

import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftRequestHeader;
import dev.flotilla.raftstore.Epochs;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.peer.CommandKeys;
import dev.flotilla.raftstore.peer.CommandKind;
import dev.flotilla.raftstore.peer.Peer;
import java.util.List;

/** What a command must satisfy before a peer sees it. The order decides which refusal is told. */
final class CommandGate {
  private final long storeId;
  private final RegionTable regions;

  CommandGate(long storeId, RegionTable regions) {
    this.storeId = storeId;
    this.regions = regions;
  }

  /**
   * Returns the peer that is to serve {@code command}.
   *
   * @throws Refusal naming the first thing that is wrong: store, region, leader, peer, term,
   *     service, epoch, key
   */
  Peer admit(RaftCmdRequest command) {
    RaftRequestHeader header = command.getHeader();
    checkStore(header);
    Peer peer = regions.get(header.getRegionId());
    if (peer == null) {
      throw new Refusal.RegionNotFound(header.getRegionId());
    }
    // No client can set this yet. Once one can, a leader's lease reads have to wait for what has
    // committed: a follower may have applied, and shown, more than its leader has.
    boolean mayFollow = header.getReplicaRead() && peer.isInitialized() && !peer.isQuarantined();
    if (!peer.isLeader() && !mayFollow) {
      throw new Refusal.NotLeader(header.getRegionId(), peer.leader());
    }
    if (header.getPeer().getId() != peer.peer().getId()) {
      throw new Refusal.Invalid(
          "mismatch peer id " + header.getPeer().getId() + " != " + peer.peer().getId());
    }
    if (header.getTerm() > 0 && peer.term() > header.getTerm() + 1) {
      throw new Refusal.StaleCommand();
    }
    if (!peer.isLeader() && CommandKind.of(command) != CommandKind.READ) {
      throw new Refusal.NotLeader(header.getRegionId(), peer.leader());
    }
    if (peer.isOutOfService() && !command.hasAdminRequest()) {
      throw new Refusal.OutOfService(header.getRegionId());
    }
    checkEpoch(command, peer.region());
    CommandKeys.check(command, peer.region());
    return peer;
  }

  void checkStore(RaftRequestHeader header) {
    if (header.getPeer().getStoreId() != storeId) {
      throw new Refusal.StoreNotMatch(header.getPeer().getStoreId(), storeId);
    }
  }

  /** A client whose region was split needs both halves to go on. */
  private void checkEpoch(RaftCmdRequest command, Region region) {
    try {
      Epochs.check(command, region);
    } catch (Refusal.EpochNotMatch refusal) {
      Region neighbour = regions.neighbour(region);
      throw neighbour == null ? refusal : new Refusal.EpochNotMatch(List.of(region, neighbour));
    }
  }
}
