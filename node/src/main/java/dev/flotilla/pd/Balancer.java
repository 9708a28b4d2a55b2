package dev.flotilla.pd;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RegionMembers;
import dev.flotilla.raftstore.Regions;
import org.jspecify.annotations.Nullable;

/**
 * Evens out leaders and replicas among the stores, one region at a time. Moves nothing while it
 * would gain less than it costs: stores may differ by one.
 */
final class Balancer {
  /** Stores that differ by less are even. */
  private static final long TOLERANCE = 2;

  private final Stores stores;
  private final RegionTree regions;
  private final ReplicaChecker checker;

  Balancer(Stores stores, RegionTree regions, ReplicaChecker checker) {
    this.stores = stores;
    this.regions = regions;
    this.checker = checker;
  }

  /**
   * Whom a region's leader may hand over to for evenness, or null. The system region's stays: with
   * it the driver itself would move, which knows less of the regions than its predecessor.
   */
  @Nullable Peer betterLeader(PlacementTask.Leads leads) {
    if (Regions.isSystem(leads.region())
        || leads.region().getDisputed()
        || RegionMembers.isJoint(leads.region())
        || !leads.pendingPeers().isEmpty()) {
      return null;
    }
    long from = leads.leader().getStoreId();
    Peer best = null;
    for (Peer peer : leads.region().getPeersList()) {
      if (peer.getRole() == PeerRole.Voter
          && !peer.getQuarantined()
          && stores.isUsable(peer.getStoreId())
          && regions.leadersOn(peer.getStoreId()) + TOLERANCE <= regions.leadersOn(from)
          && (best == null
              || regions.leadersOn(peer.getStoreId()) < regions.leadersOn(best.getStoreId()))) {
        best = peer;
      }
    }
    return best;
  }

  /** A move of one replica for evenness, or null. */
  ReplicaChecker.@Nullable Plan move(PlacementTask.Leads leads) {
    if (Regions.isSystem(leads.region())
        || leads.region().getDisputed()
        || !leads.downPeers().isEmpty()) {
      return null;
    }
    Long target = checker.bestTarget(leads.region(), null);
    if (target == null) {
      return null;
    }
    Peer worst = null;
    for (Peer peer : leads.region().getPeersList()) {
      if (peer.getRole() != PeerRole.Voter) {
        return null;
      }
      if (worst == null
          || regions.replicasOn(peer.getStoreId()) > regions.replicasOn(worst.getStoreId())) {
        worst = peer;
      }
    }
    if (worst == null
        || regions.replicasOn(target) + TOLERANCE > regions.replicasOn(worst.getStoreId())
        || checker.closeness(target, leads.region(), worst)
            > checker.closeness(worst.getStoreId(), leads.region(), worst)) {
      return null;
    }
    return new ReplicaChecker.Plan("balance-region", ReplicaChecker.newOn(target), worst);
  }

  /** Whether there is more than one store that could take anything. */
  boolean isWorthIt() {
    int usable = 0;
    for (Store store : stores.all()) {
      if (stores.isUsable(store.getId())) {
        usable++;
      }
    }
    return usable > 1;
  }
}
