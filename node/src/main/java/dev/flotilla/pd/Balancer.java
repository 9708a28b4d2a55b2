package dev.flotilla.pd;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RegionMembers;
import dev.flotilla.raftstore.Regions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Evens out leaders and replicas among the stores, takes replicas from where space runs out, and
 * spreads a region's replicas farther where that has become possible. Moves nothing while it would
 * gain less than it costs: stores may differ by one.
 */
final class Balancer {
  /** What operators for a better leader are named. */
  static final String LEADER = "balance-leader";

  private static final String REGION = "balance-region";
  private static final String RELIEF = "relieve-store";

  /** What all operators for evenness are named, which no data depends on. */
  static final Set<String> REASONS = Set.of(LEADER, REGION, RELIEF, ReplicaChecker.SPREAD);

  /** Stores that differ by less are even. */
  private static final long TOLERANCE = 2;

  /**
   * For so long after a change of its leader a region is not led by another for evenness. When a
   * store is restarted others take its leaders over; were they sent back at once, they would come
   * to a Java that is slow yet, and to where clients, which could not connect, do not try again so
   * soon. A driver that has just begun does not know when leaders changed.
   */
  private static final long SETTLED_NANOS = Duration.ofSeconds(30).toNanos();

  /** Whoever leads since it was first seen. */
  private record Reign(long term, long seenNanos) {}

  private final Clock clock;
  private final Stores stores;
  private final Forecast forecast;
  private final ReplicaChecker checker;
  private final long begunNanos;

  /** By region. */
  private final Map<Long, Reign> reigns = new HashMap<>();

  Balancer(Clock clock, Stores stores, Forecast forecast, ReplicaChecker checker) {
    this.clock = clock;
    this.stores = stores;
    this.forecast = forecast;
    this.checker = checker;
    this.begunNanos = clock.nanos();
  }

  /** A region's leader was heard of. */
  void onHeartbeat(PlacementTask.Leads leads) {
    reigns.compute(
        leads.region().getId(),
        (region, known) -> {
          if (known == null) {
            return new Reign(leads.term(), begunNanos);
          }
          return known.term == leads.term() ? known : new Reign(leads.term(), clock.nanos());
        });
  }

  /** Whether the region's leader has not changed for so long that another may lead for evenness. */
  boolean isSettled(PlacementTask.Leads leads) {
    Reign known = reigns.get(leads.region().getId());
    return known != null && clock.nanos() - known.seenNanos >= SETTLED_NANOS;
  }

  /**
   * Whom a region's leader may hand over to for evenness, or null. The system region's stays: with
   * it the driver itself would move, which knows less of the regions than its predecessor.
   */
  @Nullable Peer betterLeader(PlacementTask.Leads leads) {
    if (!isSettled(leads)
        || Regions.isSystem(leads.region())
        || leads.region().getDisputed()
        || RegionMembers.isJoint(leads.region())
        || !leads.pendingPeers().isEmpty()) {
      return null;
    }
    long most = forecast.leadersOn(leads.leader().getStoreId()) - TOLERANCE;
    int need = stores.needOfSpace(leads.leader().getStoreId());
    Peer best = null;
    for (Peer peer : leads.region().getPeersList()) {
      if (peer.getRole() == PeerRole.Voter
          && !peer.getQuarantined()
          && stores.isUsable(peer.getStoreId())
          // It would have to refuse data there, or soon would, and come back.
          && stores.needOfSpace(peer.getStoreId()) <= need) {
        long there = forecast.leadersOn(peer.getStoreId());
        if (there <= most && (best == null || there < forecast.leadersOn(best.getStoreId()))) {
          best = peer;
        }
      }
    }
    return best;
  }

  /** A move of one replica of a region that is well, or null. */
  ReplicaChecker.@Nullable Plan move(PlacementTask.Leads leads) {
    if (leads.region().getDisputed() || !leads.downPeers().isEmpty()) {
      return null;
    }
    for (Peer peer : leads.region().getPeersList()) {
      if (peer.getRole() != PeerRole.Voter) {
        return null;
      }
    }
    Long target = checker.bestTarget(leads.region(), null);
    if (target == null) {
      return null;
    }
    ReplicaChecker.Plan farther = checker.spread(leads);
    if (farther != null || Regions.isSystem(leads.region())) {
      return farther;
    }
    ReplicaChecker.Plan relief = relieve(leads);
    return relief != null ? relief : evenOut(leads.region(), target);
  }

  /**
   * A replica goes from where space runs out, however even the numbers are: that store would soon
   * take no data, and the regions that it leads none either. Not to where it would soon be as bad.
   */
  private ReplicaChecker.@Nullable Plan relieve(PlacementTask.Leads leads) {
    Region region = leads.region();
    // As if all that moves were as large and went there: what stores say of their space is old.
    long coming = (forecast.movesCount() + 1L) * leads.approximateBytes();
    for (Peer peer : region.getPeersList()) {
      Long target =
          stores.isToBeRelieved(peer.getStoreId()) ? checker.bestTarget(region, peer) : null;
      if (target != null
          && stores.hasSpaceFor(target, coming)
          && checker.closeness(target, region, peer)
              <= checker.closeness(peer.getStoreId(), region, peer)) {
        return new ReplicaChecker.Plan(RELIEF, ReplicaChecker.newOn(target), peer);
      }
    }
    return null;
  }

  private ReplicaChecker.@Nullable Plan evenOut(Region region, long target) {
    Peer worst = null;
    for (Peer peer : region.getPeersList()) {
      if (worst == null
          || forecast.replicasOn(peer.getStoreId()) > forecast.replicasOn(worst.getStoreId())) {
        worst = peer;
      }
    }
    if (worst == null
        || forecast.replicasOn(target) + TOLERANCE > forecast.replicasOn(worst.getStoreId())
        || checker.closeness(target, region, worst)
            > checker.closeness(worst.getStoreId(), region, worst)) {
      return null;
    }
    return new ReplicaChecker.Plan(REGION, ReplicaChecker.newOn(target), worst);
  }

  /** Whether there is more than one store that could take anything. */
  boolean isWorthIt() {
    int usable = 0;
    for (Store store : stores.all()) {
      if (stores.isUsable(store.getId()) && ++usable > 1) {
        return true;
      }
    }
    return false;
  }
}
