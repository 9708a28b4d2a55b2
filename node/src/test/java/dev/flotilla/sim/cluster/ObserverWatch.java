package dev.flotilla.sim.cluster;

import dev.flotilla.coprocessor.api.AppliedQuery;
import dev.flotilla.coprocessor.api.ApplyContext;
import dev.flotilla.coprocessor.api.ApplySnapshotObserver;
import dev.flotilla.coprocessor.api.CmdBatch;
import dev.flotilla.coprocessor.api.CmdObserver;
import dev.flotilla.coprocessor.api.ObserverContext;
import dev.flotilla.coprocessor.api.QueryObserver;
import dev.flotilla.coprocessor.api.RegionChange;
import dev.flotilla.coprocessor.api.RegionChangeObserver;
import dev.flotilla.coprocessor.api.RegionView;
import dev.flotilla.coprocessor.api.Role;
import dev.flotilla.coprocessor.api.RoleChange;
import dev.flotilla.coprocessor.api.RoleObserver;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.store.RegionStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A plugin in one life of each store, which holds the node to what observers are promised: of a
 * replica they hear first that it is created and last that it is destroyed, what they know of its
 * region is what the store knows, and what comes as a snapshot comes between two entries.
 *
 * <p>What an observer throws is the plugin's failure and nobody else's, so the first break of a
 * promise is kept until {@link #check}.
 */
final class ObserverWatch
    implements RegionChangeObserver,
        ApplySnapshotObserver,
        RoleObserver,
        QueryObserver,
        CmdObserver {
  /** Of a region, as last told of. */
  private record Known(long version, long confVersion) {
    static Known of(RegionView region) {
      return new Known(region.version(), region.confVersion());
    }
  }

  private final World world;
  private final Map<Long, Known> here = new HashMap<>();
  private final Set<Long> led = new HashSet<>();
  private final Set<Long> installing = new HashSet<>();

  /** By region, the last entry that was applied, or came with a snapshot. */
  private final Map<Long, Long> applied = new HashMap<>();

  private final boolean follows;
  private final FollowedData followed;
  private @Nullable Violation broken;

  /**
   * @param follows whether to keep a copy of the data by what is shown, which costs more than all
   *     else
   */
  ObserverWatch(World world, boolean follows) {
    this.world = world;
    this.follows = follows;
    this.followed = new FollowedData(world);
  }

  @Override
  public void onRegionChanged(ObserverContext context, RegionChange change) {
    long id = context.region().id();
    Known now = Known.of(context.region());
    Known before =
        change.kind() == RegionChange.Kind.DESTROYED ? here.remove(id) : here.put(id, now);
    world.tally().add("observed " + change.kind());
    switch (change.kind()) {
      case CREATED -> hold(before == null, context, "created twice");
      case UPDATED ->
          hold(
              before != null
                  && now.version() >= before.version()
                  && now.confVersion() >= before.confVersion()
                  && !now.equals(before),
              context,
              "changed from " + before + " to " + now);
      case DESTROYED -> {
        hold(before != null && !led.contains(id), context, "destroyed without notice");
        applied.remove(id);
        followed.forget(id);
      }
    }
  }

  @Override
  public void onRoleChange(ObserverContext context, RoleChange change) {
    long id = context.region().id();
    boolean isNews = change.role() == Role.LEADER ? led.add(id) : led.remove(id);
    hold(here.containsKey(id) && isNews, context, "took the role " + change.role());
  }

  @Override
  public void preApplyQuery(ApplyContext context, AppliedQuery query) {
    long id = context.region().id();
    Long before = applied.put(id, query.index());
    hold(
        here.containsKey(id)
            && !installing.contains(id)
            && (before == null || before < query.index()),
        context,
        "applied " + query.index() + " after " + before);
  }

  @Override
  public void preApplySnapshot(ObserverContext context, long index) {
    long id = context.region().id();
    hold(here.containsKey(id) && installing.add(id), context, "began a snapshot");
  }

  @Override
  public void postApplySnapshot(ObserverContext context, long index) {
    world.tally().add("observed snapshot");
    Long before = applied.put(context.region().id(), index);
    hold(
        installing.remove(context.region().id()) && (before == null || before <= index),
        context,
        "took over a snapshot at " + index + " after " + before);
  }

  @Override
  public void cancelApplySnapshot(ObserverContext context, long index) {
    world.tally().add("observed snapshot cancelled");
    applied.remove(context.region().id());
    hold(installing.remove(context.region().id()), context, "had a snapshot called off");
  }

  @Override
  public void onFlushAppliedCmdBatch(CmdBatch batch) {
    if (!follows) {
      return;
    }
    try {
      followed.take(batch);
    } catch (Violation violation) {
      broken = broken == null ? violation : broken;
    }
  }

  private void hold(boolean promise, ObserverContext context, String otherwise) {
    if (!promise && broken == null) {
      broken = new Violation("observers: region " + context.region().id() + " " + otherwise);
    }
  }

  /**
   * A turn of the store is over: what was promised was kept, and what was told is what there is.
   */
  void check(List<RegionStatus> statuses) {
    if (broken != null) {
      throw broken;
    }
    Map<Long, Known> real = new HashMap<>();
    for (RegionStatus status : statuses) {
      if (Regions.isInitialized(status.region()) && !Regions.isSystem(status.region())) {
        var epoch = status.region().getRegionEpoch();
        real.put(status.region().getId(), new Known(epoch.getVersion(), epoch.getConfVer()));
      }
    }
    Violation.check(real.equals(here), "observers know %s of %s", here, real);
  }
}
