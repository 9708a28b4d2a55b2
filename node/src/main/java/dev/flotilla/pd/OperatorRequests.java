package dev.flotilla.pd;

import dev.flotilla.proto.admin.OperateKind;
import dev.flotilla.proto.admin.OperateRequest;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.pdpb.RegionHeartbeatResponse;
import dev.flotilla.proto.pdpb.SplitRegion;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Regions;
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
    return switch (request.getKind()) {
      case AddPeer ->
          MemberSteps.of(leads, newPeer(request.getStoreId(), there, stores, newPeerId), null);
      case MovePeer -> {
        Peer moved = Regions.peerOn(leads.region(), request.getFromStoreId());
        if (moved == null) {
          throw new IllegalArgumentException("the region has no replica on the store to leave");
        }
        yield MemberSteps.of(leads, newPeer(request.getStoreId(), there, stores, newPeerId), moved);
      }
      case RemovePeer -> {
        if (there == null) {
          throw new IllegalArgumentException("the region has no replica on that store");
        }
        if (leads.region().getPeersCount() == 1) {
          throw new IllegalArgumentException("it is the only replica");
        }
        yield MemberSteps.of(leads, null, there);
      }
      case TransferLeader -> {
        if (there == null || there.getRole() != PeerRole.Voter) {
          throw new IllegalArgumentException("the region has no voter on that store");
        }
        yield List.of(new Operator.Lead(there));
      }
      default -> throw new IllegalArgumentException("nothing that can be done");
    };
  }

  private static Peer newPeer(long storeId, @Nullable Peer there, Stores stores, long peerId) {
    if (there != null) {
      throw new IllegalArgumentException("the region has a replica on that store already");
    }
    if (stores.latest(storeId) == null) {
      throw new IllegalArgumentException("there is no store " + storeId);
    }
    if (!stores.isUsable(storeId)) {
      throw new IllegalArgumentException("the store takes no replicas now");
    }
    return Peer.newBuilder().setId(peerId).setStoreId(storeId).build();
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
