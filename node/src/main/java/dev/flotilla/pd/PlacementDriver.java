package dev.flotilla.pd;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.metapb.Cluster;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Scheduler;
import dev.flotilla.raftstore.store.Bootstrap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The placement driver of this node: answers while this store leads the system region, says so when
 * it does not.
 *
 * <p>Activation: read the records, then write generation = raft term, conditional on the generation
 * that was read. From then on every command is conditional on the own generation at apply, so that
 * a deposed driver can change nothing.
 */
public final class PlacementDriver {
  private static final int MAX_PEER_COUNT = 3;
  private static final String NOT_READY = "placement driver is not ready";

  private final long clusterId;
  private final Store self;
  private final RaftStoreRouter router;
  private final Scheduler<Runnable> executor;
  private final Clock clock;
  private final RegionTree regions = new RegionTree();

  /** Leadership of the system region, while this store has it. */
  private PlacementTask.@Nullable Leads leadership;

  private @Nullable ActiveDriver active;
  private boolean activating;

  /**
   * @param clusterId the cluster
   * @param self this node's store as it is to be registered
   * @param router the way to the system region
   * @param executor runs tasks on the driver's thread, in order
   * @param clock time
   */
  public PlacementDriver(
      long clusterId,
      Store self,
      RaftStoreRouter router,
      Scheduler<Runnable> executor,
      Clock clock) {
    this.clusterId = clusterId;
    this.self = self;
    this.router = router;
    this.executor = executor;
    this.clock = clock;
  }

  public long clusterId() {
    return clusterId;
  }

  /** This node's store. */
  public Store self() {
    return self;
  }

  /** Whether requests are answered: this store drives, and every key has a known region. */
  public boolean isReady() {
    return active != null && regions.isTiled();
  }

  /** A report of this node's store. */
  public void onReport(PlacementTask task) {
    if (task instanceof PlacementTask.Leads leads) {
      regions.update(leads.region(), leads.leader(), leads.term());
      if (leads.region().getId() == Bootstrap.SYSTEM_REGION_ID) {
        leadership = leads;
        activate();
      }
    } else if (task instanceof PlacementTask.Lost lost) {
      onLost(lost);
    } else if (task instanceof PlacementTask.AskSplit wish) {
      onAskSplit(wish);
    }
  }

  private void onAskSplit(PlacementTask.AskSplit wish) {
    Callback callback = wish.callback() == null ? Callback.IGNORE : wish.callback();
    allocate(
        SplitCommand.idsNeeded(wish),
        new Answer<>() {
          @Override
          public void done(Long firstId) {
            router.send(new Msg.Command(SplitCommand.of(wish, firstId), callback));
          }

          @Override
          public void unavailable(String reason) {
            callback.refused(new Refusal.ServerIsBusy(reason));
          }
        });
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

  /** Tries again to become active, if this store leads the system region; call now and then. */
  public void tick() {
    activate();
  }

  private void activate() {
    PlacementTask.Leads held = leadership;
    if (held == null || activating || active != null) {
      return;
    }
    activating = true;
    SystemRegion region = new SystemRegion(router, executor, held);
    region.read(grant -> onRead(region, grant));
  }

  private void onRead(SystemRegion region, @Nullable ReadGrant grant) {
    if (grant == null) {
      activating = false;
      return;
    }
    Records found = Records.load(grant);
    long startMillis = TimestampOracle.start(found.timestampBound(), clock.unixMillis());
    long bound = startMillis + TimestampOracle.WINDOW_MILLIS;
    long watermark = found.idWatermark() == 0 ? Bootstrap.FIRST_FREE_ID : found.idWatermark();
    List<Request> puts = new ArrayList<>();
    puts.add(put(Records.GENERATION, region.generation()));
    puts.add(put(Records.TIMESTAMP_BOUND, bound));
    puts.add(put(Records.ID_WATERMARK, watermark));
    puts.add(SystemRegion.put(Records.storeKey(self.getId()), self.toByteString()));
    found.stores().put(self.getId(), self);
    Records durable =
        new Records(
            region.generation(),
            watermark,
            bound,
            found.stores(),
            found.gcSafePoint(),
            found.serviceSafePoints());
    region.write(
        found.generation(),
        puts,
        refusal -> {
          activating = false;
          if (refusal == null && isCurrent(region)) {
            active = new ActiveDriver(region, clock, durable, startMillis, () -> active = null);
          }
        });
  }

  private boolean isCurrent(SystemRegion region) {
    return leadership != null && leadership.term() == region.generation();
  }

  private static Request put(ByteString key, long number) {
    return SystemRegion.put(key, Records.number(number));
  }

  private @Nullable ActiveDriver activeFor(Answer<?> answer) {
    if (active == null) {
      answer.unavailable(NOT_READY);
    }
    return active;
  }

  /** Answers from the routes, once they are complete. */
  public <R> void route(Function<RegionTree, R> question, Answer<R> answer) {
    if (!isReady()) {
      answer.unavailable(NOT_READY);
    } else {
      answer.done(question.apply(regions));
    }
  }

  /** Gives the last of {@code count} timestamps, 1 to 2^18 - 1 of them. */
  public void timestamps(int count, Answer<TimestampOracle.Timestamp> answer) {
    ActiveDriver driver = activeFor(answer);
    if (driver != null) {
      driver.timestamps(count, answer);
    }
  }

  /** Gives the first of {@code count} consecutive ids. */
  public void allocate(long count, Answer<Long> answer) {
    ActiveDriver driver = activeFor(answer);
    if (driver != null) {
      driver.allocate(count, answer);
    }
  }

  /** Gives all stores, by id. */
  public void stores(Answer<List<Store>> answer) {
    ActiveDriver driver = activeFor(answer);
    if (driver != null) {
      answer.done(List.copyOf(driver.stores().values()));
    }
  }

  /** Gives the cluster's settings. */
  public void cluster(Answer<Cluster> answer) {
    if (activeFor(answer) != null) {
      answer.done(Cluster.newBuilder().setId(clusterId).setMaxPeerCount(MAX_PEER_COUNT).build());
    }
  }

  /** Gives the timestamp up to which old versions may be collected. */
  public void gcSafePoint(Answer<Long> answer) {
    ActiveDriver driver = activeFor(answer);
    if (driver != null) {
      answer.done(driver.safePoints().gcSafePoint());
    }
  }

  /** Moves it forward, never back; gives what it is then. */
  public void updateGcSafePoint(long safePoint, Answer<Long> answer) {
    ActiveDriver driver = activeFor(answer);
    if (driver == null) {
      return;
    }
    SafePoints safePoints = driver.safePoints();
    if (safePoint <= safePoints.gcSafePoint()) {
      answer.done(safePoints.gcSafePoint());
      return;
    }
    driver.update(
        List.of(put(Records.GC_SAFE_POINT, safePoint)),
        () -> {
          safePoints.advance(safePoint);
          answer.done(safePoints.gcSafePoint());
        },
        answer);
  }

  /**
   * Claims that versions from {@code safePoint} on are kept; gives the claim that keeps most.
   *
   * @param ttlSeconds how long the claim lives; 0 or less takes it back
   */
  public void updateServiceSafePoint(
      String service, long ttlSeconds, long safePoint, Answer<SafePoints.Minimum> answer) {
    ActiveDriver driver = activeFor(answer);
    if (driver == null) {
      return;
    }
    SafePoints safePoints = driver.safePoints();
    long now = clock.unixMillis();
    if (ttlSeconds > 0 && !safePoints.accepts(safePoint, now)) {
      answer.done(safePoints.minimum(now));
      return;
    }
    Records.ServiceSafePoint claim =
        new Records.ServiceSafePoint(safePoint, expiry(now, ttlSeconds));
    driver.update(
        List.of(SystemRegion.put(Records.serviceKey(service), claim.encode())),
        () -> {
          safePoints.put(service, claim);
          answer.done(safePoints.minimum(now));
        },
        answer);
  }

  private static long expiry(long nowMillis, long ttlSeconds) {
    if (ttlSeconds <= 0) {
      return 0;
    }
    return ttlSeconds > (Long.MAX_VALUE - nowMillis) / 1000
        ? Long.MAX_VALUE
        : nowMillis + ttlSeconds * 1000;
  }
}
