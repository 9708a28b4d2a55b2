package dev.flotilla.pd;

import dev.flotilla.proto.admin.OperateRequest;
import dev.flotilla.proto.admin.StoreStatus;
import dev.flotilla.proto.cluster.JoinRequest;
import dev.flotilla.proto.cluster.JoinResponse;
import dev.flotilla.proto.metapb.Cluster;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import dev.flotilla.proto.pdpb.RegionHeartbeatResponse;
import dev.flotilla.proto.pdpb.StoreStats;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.Scheduler;
import dev.flotilla.raftstore.store.Bootstrap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The placement driver of this node: answers while this store leads the system region, says so when
 * it does not.
 *
 * <p>Activation: read the records, then write generation = raft term, conditional on the generation
 * that was read, then read again. From then on every command is conditional on the own generation
 * at apply, so that a deposed driver can change nothing.
 */
public final class PlacementDriver {
  /** Regions looked after in one tick. */
  private static final int REGIONS_PER_TICK = 512;

  /**
   * How long a driver waits for word of every key before it counts as ready all the same: a region
   * that has lost its majority says nothing.
   */
  private static final long WORD_NANOS = Duration.ofSeconds(10).toNanos();

  private static final String NOT_READY = "placement driver is not ready";

  private final long clusterId;
  private final Store self;
  private final RaftStoreRouter router;
  private final Scheduler<Runnable> executor;
  private final Clock clock;
  private final PlacementRules rules;
  private final CommandSink commands;
  private final Admission admission;
  private final RegionTree regions;
  private final StoreRecords storeRecords;
  private final SafePointRecords safePointRecords;
  private final OperatorConsole console;

  /** Leadership of the system region, while this store has it. */
  private PlacementTask.@Nullable Leads leadership;

  private @Nullable ActiveDriver active;

  /** When that began. */
  private long activeNanos;

  private boolean activating;

  /**
   * @param clusterId the cluster
   * @param self this node's store as it is to be registered
   * @param router the way to the system region
   * @param executor runs tasks on the driver's thread, in order
   * @param clock time
   * @param rules what to aim at
   * @param commands takes what leaders are to do
   */
  public PlacementDriver(
      long clusterId,
      Store self,
      RaftStoreRouter router,
      Scheduler<Runnable> executor,
      Clock clock,
      PlacementRules rules,
      CommandSink commands) {
    this.clusterId = clusterId;
    this.self = self;
    this.router = router;
    this.executor = executor;
    this.clock = clock;
    this.rules = rules;
    this.commands = commands;
    this.regions = new RegionTree(clock);
    this.storeRecords = new StoreRecords(self.getId(), regions);
    this.admission = new Admission(clusterId, rules.sharedSettings(), storeRecords);
    this.safePointRecords = new SafePointRecords(clock);
    this.console = new OperatorConsole(clock, regions, commands, this::look);
  }

  public long clusterId() {
    return clusterId;
  }

  /** This node's store. */
  public Store self() {
    return self;
  }

  /**
   * Whether clients are sent here: this store drives, and has heard of every key's region, or has
   * waited long enough for that.
   */
  public boolean isReady() {
    return active != null && (regions.isComplete() || clock.nanos() - activeNanos >= WORD_NANOS);
  }

  /** Whether this store drives placement, though perhaps not all regions are known yet. */
  public boolean isActive() {
    return active != null;
  }

  /** Raft term of the leadership that drives; 0 when none does. */
  public long term() {
    PlacementTask.Leads held = leadership;
    return active == null || held == null ? 0 : held.term();
  }

  /** A report of this node's store, which only matters to a driver, but for the first kind. */
  public void onReport(PlacementTask task) {
    if (task instanceof PlacementTask.Leads leads) {
      if (Regions.isSystem(leads.region())) {
        if (leadership == null || leadership.term() != leads.term()) {
          // Of an earlier time, when this store drove before. Leaders report to a new driver.
          regions.clear();
        }
        leadership = leads;
        activate();
      }
      onRegion(leads);
    } else if (task instanceof PlacementTask.Lost lost) {
      onLost(lost);
    } else if (task instanceof PlacementTask.AskSplit wish) {
      onAskSplit(wish);
    } else if (task instanceof PlacementTask.OrderRefused refused) {
      console.onRefused(active, refused);
    }
  }

  /** A leader, here or elsewhere, has said how its region is. */
  public void onRegion(PlacementTask.Leads leads) {
    regions.update(leads);
    if (leads.equals(regions.report(leads.region().getId()))) {
      // An older one would have the driver decide on what is not so any more.
      look(leads);
    }
  }

  private void look(PlacementTask.Leads leads) {
    if (active == null) {
      return;
    }
    RegionHeartbeatResponse command = active.operators().onHeartbeat(leads);
    if (command != null) {
      commands.send(leads.leader().getStoreId(), command);
    }
  }

  /** A store has said how it is. */
  public void onStore(StoreStats stats) {
    if (active != null) {
      storeRecords.onHeartbeat(active, stats);
    }
  }

  private void onAskSplit(PlacementTask.AskSplit wish) {
    Callback callback = wish.callback() == null ? Callback.IGNORE : wish.callback();
    allocate(
        SplitCommand.idsNeeded(wish),
        Answer.of(
            firstId -> router.send(new Msg.Command(SplitCommand.of(wish, firstId), callback)),
            reason -> callback.refused(new Refusal.ServerIsBusy(reason))));
  }

  private void onLost(PlacementTask.Lost lost) {
    PlacementTask.Leads held = leadership;
    if (held != null
        && lost.regionId() == Bootstrap.SYSTEM_REGION_ID
        && lost.term() == held.term()) {
      leadership = null;
      if (active != null) {
        active.depose();
      }
    }
  }

  /**
   * Tries again to become active, if this store leads the system region, and looks after some
   * regions; call now and then.
   */
  public void tick() {
    activate();
    if (active != null) {
      active.operators().cancelOverdue();
      storeRecords.buryEmpty(active);
    }
    regions.next(REGIONS_PER_TICK).forEach(this::look);
  }

  /**
   * Brings a store's record up to date. Its name stays once it has one, for by it others know who
   * may speak for the store; the caller sees to it that the name is the sender's.
   *
   * @param sharedSettings what it has of the settings that all stores must share
   */
  public void putStore(Store store, String sharedSettings, Answer<Store> answer) {
    String conflict = admission.settingsConflict(sharedSettings);
    if (conflict != null) {
      answer.refused(conflict);
    } else {
      whileActive(answer, driver -> storeRecords.renew(driver, store, answer));
    }
  }

  /**
   * Sets what is to become of a store: up, offline or tombstone. One that has replicas, or may have
   * as far as is known, goes offline first, and becomes a tombstone when they have been put
   * elsewhere. A tombstone stays one, as its node was told to go.
   */
  public void setStoreState(long storeId, StoreState state, Answer<Store> answer) {
    whileActive(answer, driver -> storeRecords.setState(driver, storeId, state, answer));
  }

  /** Gives all stores and how they are, by id. */
  public void storeStatuses(Answer<List<StoreStatus>> answer) {
    whileActive(answer, driver -> answer.done(new StoreSurvey(driver, regions, rules).statuses()));
  }

  /** Forgets stores that are gone; gives their ids. */
  public void removeTombstones(Answer<List<Long>> answer) {
    whileActive(answer, driver -> storeRecords.removeTombstones(driver, answer));
  }

  /** Gives the changes under way. */
  public void operators(Answer<List<dev.flotilla.proto.admin.Operator>> answer) {
    whileActive(answer, driver -> answer.done(console.list(driver)));
  }

  /** Gives a change up; gives whether there was one. What has been done of it stays. */
  public void cancelOperator(long regionId, Answer<Boolean> answer) {
    whileActive(answer, driver -> answer.done(driver.operators().cancel(regionId)));
  }

  /** Begins a change that an operator of the cluster wants. */
  public void operate(OperateRequest request, Answer<Boolean> answer) {
    whileActive(answer, driver -> console.operate(driver, request, answer));
  }

  /** Makes a node a store of the cluster; the same one if it asks again, by its incarnation. */
  public void join(JoinRequest request, Answer<JoinResponse> answer) {
    whileActive(answer, driver -> admission.admit(driver, request, answer));
  }

  private void activate() {
    PlacementTask.Leads held = leadership;
    if (held == null || activating || active != null) {
      return;
    }
    activating = true;
    SystemRegion region = new SystemRegion(router, executor, held);
    region.read(grant -> begin(region, grant));
  }

  /** Puts a generation on record that begins where the last one may have ended. */
  private void begin(SystemRegion region, @Nullable ReadGrant grant) {
    if (grant == null) {
      activating = false;
      return;
    }
    Records found = Records.load(grant);
    long startMillis = TimestampOracle.start(found.timestampBound(), clock.unixMillis());
    long bound = startMillis + TimestampOracle.WINDOW_MILLIS;
    long watermark = found.idWatermark() == 0 ? Bootstrap.FIRST_FREE_ID : found.idWatermark();
    List<Request> puts = new ArrayList<>();
    puts.add(Records.put(Records.GENERATION, region.generation()));
    puts.add(Records.put(Records.TIMESTAMP_BOUND, bound));
    puts.add(Records.put(Records.ID_WATERMARK, watermark));
    if (!found.stores().containsKey(self.getId())) {
      // The first of the cluster. All others are on record, and register when they start.
      puts.add(SystemRegion.put(Records.storeKey(self.getId()), self.toByteString()));
    }
    region.write(
        found.generation(),
        puts,
        refusal -> {
          if (refusal == null) {
            // Before it in the log is all that a driver of this same term had on its way, which it
            // did not answer for and the first read did not show.
            region.read(written -> takeOver(region, written, startMillis));
          } else {
            activating = false;
          }
        });
  }

  private void takeOver(SystemRegion region, @Nullable ReadGrant grant, long startMillis) {
    activating = false;
    PlacementTask.Leads held = leadership;
    if (grant != null && held != null && held.term() == region.generation()) {
      activeNanos = clock.nanos();
      active =
          new ActiveDriver(
              region, clock, Records.load(grant), regions, rules, startMillis, () -> active = null);
    }
  }

  private void whileActive(Answer<?> answer, Consumer<ActiveDriver> action) {
    if (active == null) {
      answer.unavailable(NOT_READY);
    } else {
      action.accept(active);
    }
  }

  /**
   * Answers from the routes, also while not all of them are known.
   *
   * @param question gives null when it met no region
   * @param nothing the answer then, if it cannot be that the region was only not reported yet
   */
  public <R> void route(Function<RegionTree, @Nullable R> question, R nothing, Answer<R> answer) {
    R found = active == null ? null : question.apply(regions);
    if (found != null) {
      answer.done(found);
    } else if (active != null && regions.isTiled()) {
      answer.done(nothing);
    } else {
      answer.unavailable(NOT_READY);
    }
  }

  /** Gives a region by its id, as its leader last said it is; without peers when nobody did. */
  public void region(long regionId, Answer<Region> answer) {
    whileActive(
        answer,
        driver -> {
          RegionTree.Route route = regions.find(regionId);
          answer.done(route == null ? Region.getDefaultInstance() : route.region());
        });
  }

  /** Gives the last of {@code count} timestamps, 1 to 2^18 - 1 of them. */
  public void timestamps(int count, Answer<TimestampOracle.Timestamp> answer) {
    whileActive(answer, driver -> driver.timestamps(count, answer));
  }

  /** Gives the first of {@code count} consecutive ids. */
  public void allocate(long count, Answer<Long> answer) {
    whileActive(answer, driver -> driver.allocate(count, answer));
  }

  /** Gives all stores, by id. */
  public void stores(Answer<List<Store>> answer) {
    whileActive(answer, driver -> answer.done(List.copyOf(driver.stores().all())));
  }

  /** Gives the cluster's settings. */
  public void cluster(Answer<Cluster> answer) {
    Cluster settings =
        Cluster.newBuilder().setId(clusterId).setMaxPeerCount(rules.replicasMax()).build();
    whileActive(answer, driver -> answer.done(settings));
  }

  /** Gives the timestamp up to which old versions may be collected. */
  public void gcSafePoint(Answer<Long> answer) {
    whileActive(answer, driver -> answer.done(driver.safePoints().gcSafePoint()));
  }

  /** Moves it forward, never back; gives what it is then. */
  public void updateGcSafePoint(long safePoint, Answer<Long> answer) {
    whileActive(answer, driver -> safePointRecords.advanceGc(driver, safePoint, answer));
  }

  /**
   * Claims that versions from {@code safePoint} on are kept; gives the claim that keeps most.
   *
   * @param ttlSeconds how long the claim lives; 0 or less takes it back
   */
  public void updateServiceSafePoint(
      String service, long ttlSeconds, long safePoint, Answer<SafePoints.Minimum> answer) {
    whileActive(
        answer, driver -> safePointRecords.claim(driver, service, ttlSeconds, safePoint, answer));
  }
}
