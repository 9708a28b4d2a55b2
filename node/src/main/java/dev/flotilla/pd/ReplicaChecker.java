package dev.flotilla.pd;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Quarantine;
import dev.flotilla.raftstore.RegionMembers;
import dev.flotilla.raftstore.Regions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that a region has as many replicas as it should, on stores that are well and far from
 * each other. As PD: add first, remove after.
 */
final class ReplicaChecker {
  /** What operators are named that take replicas farther apart. */
  static final String SPREAD = "spread-replicas";

  /** Replicas that are kept, well or not, as fewer would bear no more losses. */
  private static final int ENOUGH = 3;

  /**
   * What should happen to a region.
   *
   * @param reason why, for people
   * @param in replica that is to vote: a learner, or a new one, which has no id yet; or null
   * @param out replica that is to go, or null
   */
  record Plan(String reason, @Nullable Peer in, @Nullable Peer out) {
    /** Whether an id must be found for the replica that comes. */
    boolean needsId() {
      return in != null && in.getId() == 0;
    }
  }

  /** A replica that there is to be. */
  static Peer newOn(long storeId) {
    return Peer.newBuilder().setStoreId(storeId).build();
  }

  private final Stores stores;
  private final ToIntFunction<Region> wanted;
  private final ToLongFunction<Long> regionsOnStore;

  /**
   * @param wanted replicas that a region should have
   * @param regionsOnStore how many replicas a store has
   */
  ReplicaChecker(Stores stores, ToIntFunction<Region> wanted, ToLongFunction<Long> regionsOnStore) {
    this.stores = stores;
    this.wanted = wanted;
    this.regionsOnStore = regionsOnStore;
  }

  /** What is to be done first, or null when the region is as it should be. */
  @Nullable Plan check(PlacementTask.Leads leads) {
    Region region = leads.region();
    if (region.getDisputed()) {
      // Each step would lend weight to the data of one side.
      return null;
    }
    if (RegionMembers.isJoint(region)) {
      // Its leader goes on by itself.
      return null;
    }
    int goal = wanted.applyAsInt(region);
    Peer wrong = Quarantine.first(region);
    Peer leaving = wrong != null ? wrong : leavingPeer(region);
    Peer learner = usableLearner(region);
    if (learner != null) {
      return settle(learner, leaving, region, goal);
    }
    int count = region.getPeersCount();
    if (count > goal) {
      return new Plan("remove-extra-replica", null, worst(region, leads, leaving));
    }
    if (count == goal && leaving == null) {
      return null;
    }
    Long target = bestTarget(region, leaving);
    if (target != null) {
      // A lost replica is replaced even where there are too few: one more voter beside it would
      // only make the majority larger.
      return leaving == null
          ? new Plan("add-replica", newOn(target), null)
          : new Plan("replace-replica", newOn(target), leaving);
    }
    if (wrong != null) {
      // Its place is the only one left that takes a replica, and a quorum with it bears no more
      // losses than without.
      return new Plan("remove-quarantined-replica", null, wrong);
    }
    // There is no store for another one, so it cannot wait for its replacement: it only counts
    // against the others.
    return leaving == null || count <= ENOUGH
        ? null
        : new Plan("remove-lost-replica", null, leaving);
  }

  /** Whether a store's replica of {@code region} can neither be put elsewhere now nor be spared. */
  boolean isStuck(Region region, long storeId) {
    Peer peer = Regions.peerOn(region, storeId);
    return peer != null
        && region.getPeersCount() <= Math.min(ENOUGH, wanted.applyAsInt(region))
        && bestTarget(region, peer) == null;
  }

  /** A learner is on its way to be a voter, or one that was; perhaps another driver's. */
  private static Plan settle(Peer learner, @Nullable Peer leaving, Region region, int goal) {
    if (leaving != null && leaving.getRole() == PeerRole.Voter) {
      return new Plan("replace-replica", learner, leaving);
    }
    return RegionMembers.confState(region).voters().size() < goal
        ? new Plan("promote-learner", learner, null)
        : new Plan("remove-extra-replica", null, learner);
  }

  private @Nullable Peer usableLearner(Region region) {
    for (Peer peer : region.getPeersList()) {
      if (peer.getRole() == PeerRole.Learner
          && !peer.getQuarantined()
          && !stores.isLeaving(peer.getStoreId())) {
        return peer;
      }
    }
    return null;
  }

  /** Whether a step waits for a store that is not expected back, or for a replica that is wrong. */
  boolean isHopeless(Region region, Operator.Step step) {
    Peer awaited = null;
    if (step instanceof Operator.AddLearner add) {
      awaited = add.peer();
    } else if (step instanceof Operator.Promote promote) {
      awaited = promote.peer();
    } else if (step instanceof Operator.Swap swap) {
      awaited = swap.in();
    } else if (step instanceof Operator.Lead lead) {
      awaited = lead.peer();
    }
    return awaited != null
        && (stores.isLeaving(awaited.getStoreId()) || Quarantine.includes(region, awaited.getId()));
  }

  private @Nullable Peer leavingPeer(Region region) {
    for (Peer peer : region.getPeersList()) {
      if (stores.isLeaving(peer.getStoreId())) {
        return peer;
      }
    }
    return null;
  }

  /** Whose place is the worst: shared with most others, then on the fullest store. */
  private Peer worst(Region region, PlacementTask.Leads leads, @Nullable Peer leaving) {
    if (leaving != null) {
      return leaving;
    }
    Peer worst = null;
    for (Peer peer : region.getPeersList()) {
      boolean leader = peer.getId() == leads.leader().getId();
      if (!leader
          && (worst == null || compare(peer.getStoreId(), worst.getStoreId(), region, null) > 0)) {
        worst = peer;
      }
    }
    return worst == null ? leads.leader() : worst;
  }

  /**
   * A move of one replica to a store that is farther from the others, or null. The replicas share
   * fewer labels after each, so that such moves come to an end.
   */
  @Nullable Plan spread(PlacementTask.Leads leads) {
    Region region = leads.region();
    List<Peer> leaderLast = new ArrayList<>(region.getPeersList());
    leaderLast.sort(Comparator.comparing(leads.leader()::equals));
    Plan best = null;
    int most = 0;
    for (Peer peer : leaderLast) {
      int now = closeness(peer.getStoreId(), region, peer);
      // Most regions are as far apart as can be, and no store need be looked at for them.
      Long target = now == 0 ? null : bestTarget(region, peer);
      if (target != null) {
        int gain = now - closeness(target, region, peer);
        if (gain > most) {
          most = gain;
          best = new Plan(SPREAD, newOn(target), peer);
        }
      }
    }
    return best;
  }

  /**
   * The store that takes replicas and has none of the region that shares least with the others'
   * places, and of those the one with the fewest replicas.
   *
   * @param replaced peer that will be gone, so that its place is free; or null
   */
  @Nullable Long bestTarget(Region region, @Nullable Peer replaced) {
    Long best = null;
    int least = 0;
    for (Store store : stores.all()) {
      long id = store.getId();
      if (!stores.takesReplicas(id) || Regions.peerOn(region, id) != null) {
        continue;
      }
      int closeness = closeness(id, region, replaced);
      if (best == null
          || closeness < least
          || (closeness == least
              && regionsOnStore.applyAsLong(id) < regionsOnStore.applyAsLong(best))) {
        best = id;
        least = closeness;
      }
    }
    return best;
  }

  private int compare(long left, long right, Region region, @Nullable Peer replaced) {
    int byPlace =
        Integer.compare(closeness(left, region, replaced), closeness(right, region, replaced));
    return byPlace != 0
        ? byPlace
        : Long.compare(regionsOnStore.applyAsLong(left), regionsOnStore.applyAsLong(right));
  }

  /** How many labels, such as host and zone, a store shares with the stores of the replicas. */
  int closeness(long storeId, Region region, @Nullable Peer replaced) {
    int shared = 0;
    for (Peer peer : region.getPeersList()) {
      if (!peer.equals(replaced) && peer.getStoreId() != storeId) {
        shared += stores.sharedLabels(storeId, peer.getStoreId());
      }
    }
    return shared;
  }
}
