package dev.flotilla.pd;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.pdpb.RegionHeartbeatResponse;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.PlacementTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The changes under way, one a region at most, and those in them that wait for ids. */
final class Operators {
  private static final long LIFE_NANOS = Duration.ofMinutes(10).toNanos();

  /** Operators that may run at once on one store's behalf of moving data. */
  private static final int RUNNING_MAX = 64;

  private final Clock clock;
  private final ReplicaChecker checker;
  private final IdSource ids;
  private final Map<Long, Operator> running = new LinkedHashMap<>();

  /** Regions whose plan waits for ids. */
  private final Set<Long> planning = new HashSet<>();

  /** Gives an id for a new peer, later; nothing when it cannot. */
  @FunctionalInterface
  interface IdSource {
    void next(LongConsumer taker, Runnable failed);
  }

  Operators(Clock clock, ReplicaChecker checker, IdSource ids) {
    this.clock = clock;
    this.checker = checker;
    this.ids = ids;
  }

  /**
   * A region's leader has said how the region is.
   *
   * @return what the leader is to do, or null
   */
  @Nullable RegionHeartbeatResponse onHeartbeat(PlacementTask.Leads leads) {
    long regionId = leads.region().getId();
    Operator operator = running.get(regionId);
    if (operator != null && clock.nanos() - operator.deadlineNanos() >= 0) {
      running.remove(regionId);
      operator = null;
    }
    if (operator != null) {
      Operator.Step step = operator.current(leads);
      if (step != null) {
        return Operator.command(step, leads);
      }
      running.remove(regionId);
    }
    plan(leads);
    Operator planned = running.get(regionId);
    if (planned == null) {
      return null;
    }
    Operator.Step step = planned.current(leads);
    return step == null ? null : Operator.command(step, leads);
  }

  private void plan(PlacementTask.Leads leads) {
    long regionId = leads.region().getId();
    if (planning.contains(regionId) || running.size() >= RUNNING_MAX) {
      return;
    }
    ReplicaChecker.Plan plan = checker.check(leads);
    if (plan == null) {
      return;
    }
    for (ReplicaChecker.Step step : plan.steps()) {
      if (step instanceof ReplicaChecker.Add) {
        planning.add(regionId);
        ids.next(
            id -> {
              planning.remove(regionId);
              start(leads, plan, id);
            },
            () -> planning.remove(regionId));
        return;
      }
    }
    start(leads, plan, 0);
  }

  private void start(PlacementTask.Leads leads, ReplicaChecker.Plan plan, long peerId) {
    List<Operator.Step> steps = new ArrayList<>();
    for (ReplicaChecker.Step step : plan.steps()) {
      if (step instanceof ReplicaChecker.Add add) {
        Peer peer = Peer.newBuilder().setId(peerId).setStoreId(add.storeId()).build();
        steps.add(new Operator.AddLearner(peer));
        steps.add(new Operator.Promote(peer));
      } else if (step instanceof ReplicaChecker.Raise raise) {
        steps.add(new Operator.Promote(raise.peer()));
      } else if (step instanceof ReplicaChecker.Drop drop) {
        addRemoval(leads, drop.peer(), steps);
      }
    }
    add(new Operator(leads.region().getId(), plan.reason(), steps, clock.nanos() + LIFE_NANOS));
  }

  /** A leader is not removed: another one leads first. */
  private static void addRemoval(PlacementTask.Leads leads, Peer peer, List<Operator.Step> steps) {
    if (peer.getId() == leads.leader().getId()) {
      for (Peer other : leads.region().getPeersList()) {
        if (other.getId() != peer.getId() && other.getRole() == PeerRole.Voter) {
          steps.add(new Operator.Lead(other));
          break;
        }
      }
    }
    steps.add(new Operator.Remove(peer));
  }

  /** Begins an operator, in place of another one of the region. */
  void add(Operator operator) {
    running.put(operator.regionId(), operator);
  }

  /** Gives an operator up; returns whether there was one. */
  boolean cancel(long regionId) {
    return running.remove(regionId) != null;
  }

  /** All that run, oldest first. */
  List<Operator> list() {
    return List.copyOf(running.values());
  }
}
