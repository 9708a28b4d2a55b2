package dev.flotilla.pd;

import dev.flotilla.proto.admin.OperateKind;
import dev.flotilla.proto.admin.OperateRequest;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.pdpb.RegionHeartbeatResponse;
import dev.flotilla.proto.pdpb.SplitRegion;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Regions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns what an operator of the cluster asks for into steps, or says why not. */
final class OperatorRequests {
  private OperatorRequests() {}

  /**
   * The steps that {@code request} comes to.
   *
   * @param newPeerId for a peer that is to be added
   * @throws IllegalArgumentException saying why it cannot be done
   */
  static List<Operator.Step> steps(
      OperateRequest request, PlacementTask.Leads leads, Stores stores, long newPeerId) {
    Peer there = Regions.peerOn(leads.region(), request.getStoreId());
    List<Operator.Step> steps = new ArrayList<>();
    switch (request.getKind()) {
      case AddPeer -> addTo(request.getStoreId(), there, stores, newPeerId, steps);
      case MovePeer -> {
        Peer moved = Regions.peerOn(leads.region(), request.getFromStoreId());
        if (moved == null) {
          throw new IllegalArgumentException("the region has no replica on the store to leave");
        }
        addTo(request.getStoreId(), there, stores, newPeerId, steps);
        Operators.addRemoval(leads, moved, steps);
      }
      case RemovePeer -> {
        if (there == null) {
          throw new IllegalArgumentException("the region has no replica on that store");
        }
        if (leads.region().getPeersCount() == 1) {
          throw new IllegalArgumentException("it is the only replica");
        }
        Operators.addRemoval(leads, there, steps);
      }
      case TransferLeader -> {
        if (there == null || there.getRole() != PeerRole.Voter) {
          throw new IllegalArgumentException("the region has no voter on that store");
        }
        steps.add(new Operator.Lead(there));
      }
      default -> throw new IllegalArgumentException("nothing that can be done");
    }
    return steps;
  }

  private static void addTo(
      long storeId, @Nullable Peer there, Stores stores, long peerId, List<Operator.Step> steps) {
    if (there != null) {
      throw new IllegalArgumentException("the region has a replica on that store already");
    }
    if (!stores.isUsable(storeId)) {
      throw new IllegalArgumentException("the store takes no replicas now");
    }
    Peer peer = Peer.newBuilder().setId(peerId).setStoreId(storeId).build();
    steps.add(new Operator.AddLearner(peer));
    steps.add(new Operator.Promote(peer));
  }

  /** Whether the request takes an id for a new peer. */
  static boolean needsId(OperateRequest request) {
    return request.getKind() == OperateKind.AddPeer || request.getKind() == OperateKind.MovePeer;
  }

  /** Whether the request is one word to the leader: nothing shows afterwards that it is done. */
  static boolean isToldOnce(OperateRequest request) {
    return request.getKind() == OperateKind.Split
        || request.getKind() == OperateKind.CheckConsistency;
  }

  /** That word. */
  static RegionHeartbeatResponse word(OperateRequest request, PlacementTask.Leads leads) {
    RegionHeartbeatResponse.Builder word =
        RegionHeartbeatResponse.newBuilder()
            .setRegionId(leads.region().getId())
            .setRegionEpoch(leads.region().getRegionEpoch())
            .setTargetPeer(leads.leader());
    return request.getKind() == OperateKind.Split
        ? word.setSplitRegion(SplitRegion.newBuilder().addAllKeys(request.getKeysList())).build()
        : word.setCheckConsistency(true).build();
  }
}
