package dev.flotilla.pd;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RegionMembers;
import dev.flotilla.raftstore.Regions;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Evens out leaders and replicas among the stores, one region at a time. Moves nothing while it
 * would gain less than it costs: stores may differ by one.
 */
final class Balancer {
  /** Stores that differ by less are even. */
  private static final long TOLERANCE = 2;

  /** A leadership on its way between two stores. */
  private record Handover(long from, long to) {}

  private final Stores stores;
  private final RegionTree regions;
  private final ReplicaChecker checker;

  /** By region. A handful: {@link Operators} bounds what is under way. */
  private final Map<Long, Handover> handovers = new HashMap<>();

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
    long most = leadersOn(leads.leader().getStoreId()) - TOLERANCE;
    Peer best = null;
    for (Peer peer : leads.region().getPeersList()) {
      if (peer.getRole() == PeerRole.Voter
          && !peer.getQuarantined()
          && stores.isUsable(peer.getStoreId())) {
        long there = leadersOn(peer.getStoreId());
        if (there <= most && (best == null || there < leadersOn(best.getStoreId()))) {
          best = peer;
        }
      }
    }
    return best;
  }

  /** A region's leader is told to hand over for evenness, which counts as done from now on. */
  void handoverBegins(PlacementTask.Leads leads, Peer successor) {
    handovers.put(
        leads.region().getId(), new Handover(leads.leader().getStoreId(), successor.getStoreId()));
  }

  /** What became of it, if anything was under way, is in the region's report. */
  void handoverEnds(long regionId) {
    handovers.remove(regionId);
  }

  /** Regions that a store leads once all that is under way has come to pass. */
  private long leadersOn(long storeId) {
    long sum = regions.leadersOn(storeId);
    for (Map.Entry<Long, Handover> each : handovers.entrySet()) {
      Handover handover = each.getValue();
      if (regions.isLedBy(each.getKey(), handover.from)) {
        sum += (handover.to == storeId ? 1 : 0) - (handover.from == storeId ? 1 : 0);
      }
    }
    return sum;
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
