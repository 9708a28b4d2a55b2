package dev.flotilla.pd;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.pdpb.RegionHeartbeatResponse;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RegionMembers;
import java.time.Duration;
import java.util.HashMap;
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

  /** A transfer that does not happen soon does not happen. */
  private static final long LEAD_NANOS = Duration.ofSeconds(10).toNanos();

  /** A driver that has just begun knows too little to even anything out. */
  private static final long BALANCE_PAUSE_NANOS = Duration.ofSeconds(5).toNanos();

  /**
   * A region that a person wanted otherwise, or for which a plugin refused it, is not changed for
   * evenness for so long.
   */
  private static final long LEFT_ALONE_NANOS = Duration.ofMinutes(10).toNanos();

  /** Nothing is moved for evenness while so much else is moved. */
  private static final int BALANCING_MAX = 4;

  /** Of these, moves of replicas: they take long, and leaders should not wait for them. */
  private static final int MOVES_MAX = BALANCING_MAX - 1;

  /** Operators that may run at once on one store's behalf of moving data. */
  private static final int RUNNING_MAX = 64;

  private final Clock clock;
  private final Stores stores;
  private final ReplicaChecker checker;
  private final Balancer balancer;
  private final Forecast forecast;
  private final IdSource ids;

  private final long begunNanos;

  /**
   * @param step position of the step that was last told
   * @param confVer how often the members had changed then
   */
  private record Progress(int step, long confVer) {}

  private final Map<Long, Operator> running = new LinkedHashMap<>();

  /** How far those have come that run. */
  private final Map<Long, Progress> reached = new HashMap<>();

  /** Regions that are not changed for evenness, since when. */
  private final Map<Long, Long> leftAloneNanos = new HashMap<>();

  /** Regions whose plan waits for ids. */
  private final Set<Long> planning = new HashSet<>();

  /** Gives an id for a new peer, later; nothing when it cannot. */
  @FunctionalInterface
  interface IdSource {
    void next(LongConsumer taker, Runnable failed);
  }

  Operators(
      Clock clock,
      Stores stores,
      ReplicaChecker checker,
      Balancer balancer,
      Forecast forecast,
      IdSource ids) {
    this.clock = clock;
    this.stores = stores;
    this.checker = checker;
    this.balancer = balancer;
    this.forecast = forecast;
    this.begunNanos = clock.nanos();
    this.ids = ids;
  }

  /**
   * A region's leader has said how the region is.
   *
   * @return what the leader is to do, or null
   */
  @Nullable RegionHeartbeatResponse onHeartbeat(PlacementTask.Leads leads) {
    balancer.onHeartbeat(leads);
    long regionId = leads.region().getId();
    Operator operator = running.get(regionId);
    if (operator != null && (isOverdue(operator) || isOvertaken(operator, leads))) {
      cancel(regionId);
      operator = null;
    }
    if (operator != null) {
      Operator.Step step = operator.current(leads);
      if (step != null
          && !checker.isHopeless(leads.region(), step)
          && isAhead(operator, step, leads)) {
        return Operator.command(step, leads, stores::isConnected);
      }
      // Done, or waiting for a store that has gone since, or undone by somebody else: the rest is
      // planned anew. A step is never taken twice, or a peer that was removed would come back
      // without the votes that it gave.
      cancel(regionId);
    }
    plan(leads);
    Operator planned = running.get(regionId);
    Operator.Step step = planned == null ? null : planned.current(leads);
    return planned == null || step == null || !isAhead(planned, step, leads)
        ? null
        : Operator.command(step, leads, stores::isConnected);
  }

  /**
   * Whether the region has another leader since a handover for evenness was planned. Most likely
   * the store died that was to hand over: clients have just found who leads now, and what would be
   * even is another matter.
   */
  private boolean isOvertaken(Operator operator, PlacementTask.Leads leads) {
    return operator.reason().equals(Balancer.LEADER) && !balancer.isSettled(leads);
  }

  /** Whether no step seems to be due that may have been taken, and undone, before. */
  private boolean isAhead(Operator operator, Operator.Step step, PlacementTask.Leads leads) {
    Progress now =
        new Progress(operator.steps().indexOf(step), leads.region().getRegionEpoch().getConfVer());
    Progress before = reached.put(operator.regionId(), now);
    Peer voter =
        step instanceof Operator.Promote promote
            ? promote.peer()
            : step instanceof Operator.Swap swap ? swap.in() : null;
    if (voter != null && RegionMembers.find(leads.region(), voter.getId()) == null) {
      return false;
    }
    return before == null
        || now.step > before.step
        || (now.step == before.step
            && (now.confVer == before.confVer || !(step instanceof Operator.AddLearner)));
  }

  private void plan(PlacementTask.Leads leads) {
    long regionId = leads.region().getId();
    if (planning.contains(regionId) || running.size() >= RUNNING_MAX) {
      return;
    }
    ReplicaChecker.Plan plan = checker.check(leads);
    if (plan == null && running.size() + planning.size() < BALANCING_MAX) {
      plan = balance(leads);
    }
    if (plan == null) {
      return;
    }
    begin(leads, plan);
  }

  /** Nothing must be done; something may be. */
  private ReplicaChecker.@Nullable Plan balance(PlacementTask.Leads leads) {
    if (clock.nanos() - begunNanos < BALANCE_PAUSE_NANOS
        || isLeftAlone(leads.region().getId())
        || !balancer.isWorthIt()) {
      return null;
    }
    Peer leader = balancer.betterLeader(leads);
    if (leader != null) {
      long regionId = leads.region().getId();
      add(
          new Operator(
              regionId,
              Balancer.LEADER,
              List.of(new Operator.Lead(leader)),
              clock.nanos() + LEAD_NANOS));
      forecast.handoverBegins(leads, leader);
      return null;
    }
    // One that waits for its id is not in the forecast yet.
    return planning.isEmpty() && forecast.movesCount() < MOVES_MAX ? balancer.move(leads) : null;
  }

  private void leaveAlone(long regionId) {
    leftAloneNanos.values().removeIf(since -> clock.nanos() - since >= LEFT_ALONE_NANOS);
    leftAloneNanos.put(regionId, clock.nanos());
  }

  private boolean isLeftAlone(long regionId) {
    Long since = leftAloneNanos.get(regionId);
    return since != null && clock.nanos() - since < LEFT_ALONE_NANOS;
  }

  private void begin(PlacementTask.Leads leads, ReplicaChecker.Plan plan) {
    long regionId = leads.region().getId();
    Peer in = plan.in();
    if (in == null || !plan.needsId()) {
      start(leads, plan.reason(), in, plan.out());
      return;
    }
    planning.add(regionId);
    ids.next(
        id -> {
          if (planning.remove(regionId)) {
            start(leads, plan.reason(), in.toBuilder().setId(id).build(), plan.out());
          }
        },
        () -> planning.remove(regionId));
  }

  private void start(
      PlacementTask.Leads leads, String reason, @Nullable Peer in, @Nullable Peer out) {
    List<Operator.Step> steps = MemberSteps.of(leads, in, out);
    add(new Operator(leads.region().getId(), reason, steps, deadlineNanos()));
    forecast.moveBegins(leads.region().getId(), in, out);
    // The members may have changed while an id was waited for; the plan was made for these.
    reached.put(
        leads.region().getId(), new Progress(0, leads.region().getRegionEpoch().getConfVer()));
  }

  /** When an operator that begins now is given up. */
  long deadlineNanos() {
    return clock.nanos() + LIFE_NANOS;
  }

  /** Whether a region's plan runs or is being made. */
  boolean isBusy(long regionId) {
    return running.containsKey(regionId) || planning.contains(regionId);
  }

  /** Whether a store's replica of {@code region} stays there, as things are. */
  boolean isStuck(Region region, long storeId) {
    return !isBusy(region.getId()) && checker.isStuck(region, storeId);
  }

  /** What is to become of a region, if anything. */
  @Nullable Operator running(long regionId) {
    return running.get(regionId);
  }

  /** How many run. */
  int size() {
    return running.size();
  }

  /**
   * Begins what a person asked for. It takes the place of what else was to become of the region.
   */
  void ask(Operator operator) {
    leaveAlone(operator.regionId());
    add(operator);
    forecast.begins(operator);
  }

  /**
   * A plugin has refused a step of {@code operator}. What is for evenness makes room for others and
   * is not tried again soon: the plugin would be asked for ever. What keeps data safe, and what a
   * person wants, is tried until its time is over.
   *
   * @return whether it is given up
   */
  boolean giveUpIfNotNeeded(Operator operator) {
    if (!Balancer.REASONS.contains(operator.reason())) {
      return false;
    }
    leaveAlone(operator.regionId());
    return cancel(operator.regionId());
  }

  /** Begins an operator, in place of another one of the region or of a plan for it. */
  private void add(Operator operator) {
    cancel(operator.regionId());
    planning.remove(operator.regionId());
    running.put(operator.regionId(), operator);
  }

  private boolean isOverdue(Operator operator) {
    return clock.nanos() - operator.deadlineNanos() >= 0;
  }

  /**
   * Gives up what is overdue, to be called now and then: one whose region is not heard of any more
   * would keep others from their turn for good.
   */
  void cancelOverdue() {
    running.values().stream()
        .filter(this::isOverdue)
        .map(Operator::regionId)
        .toList()
        .forEach(this::cancel);
  }

  /** Gives an operator up; returns whether there was one. */
  boolean cancel(long regionId) {
    reached.remove(regionId);
    forecast.ends(regionId);
    return running.remove(regionId) != null;
  }

  /** All that run, oldest first. */
  List<Operator> list() {
    return List.copyOf(running.values());
  }
}
