package dev.flotilla.raftstore.storage;

import dev.flotilla.engine.KeyRange;
import dev.flotilla.engine.Keys;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_serverpb.RaftSnapshotData;
import dev.flotilla.raft.Snapshot;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.Invariants;
import dev.flotilla.raftstore.RegionMembers;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.Scheduler;
import dev.flotilla.raftstore.snap.InstallJob;
import dev.flotilla.raftstore.snap.RegionTask;
import dev.flotilla.raftstore.snap.SnapKey;
import dev.flotilla.raftstore.wire.MessageCodec;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots of one replica: those it gives, which a worker builds first, and the one it gets, which
 * a worker installs. Used on the store loop.
 */
public final class SnapshotExchange {
  /** A peer that could not take a snapshot gets none for so long: each one is built anew. */
  private static final long RETRY_NANOS = Duration.ofSeconds(2).toNanos();

  private final long storeId;
  private final Scheduler<RegionTask.Build> builder;
  private final Scheduler<RegionTask> installer;
  private final Clock clock;
  private final LongPredicate hasSpace;

  /** Peers that could not take the last one, and when. */
  private final Map<Long, Long> failed = new HashMap<>();

  private boolean building;

  /** Built and not asked for since. */
  private @Nullable Snapshot built;

  private @Nullable InstallJob installing;

  /** Whether the accepted one was damaged, so that another is to come. */
  private boolean wanting;

  /**
   * @param storeId this store
   * @param builder builds snapshots
   * @param installer installs them, and clears ranges
   * @param hasSpace whether a store's disk has space for one
   */
  public SnapshotExchange(
      long storeId,
      Scheduler<RegionTask.Build> builder,
      Scheduler<RegionTask> installer,
      Clock clock,
      LongPredicate hasSpace) {
    this.storeId = storeId;
    this.builder = builder;
    this.installer = installer;
    this.clock = clock;
    this.hasSpace = hasSpace;
  }

  /**
   * Returns a snapshot for peer {@code to} that is of use from {@code indexMin} on, or null when
   * there is none for it now: it may be being built.
   */
  @Nullable Snapshot take(Region region, long indexMin, long to) {
    if (!mayGet(RegionMembers.find(region, to))) {
      return null;
    }
    Snapshot ready = built;
    built = null;
    Peer own = Regions.peerOn(region, storeId);
    if (own != null && own.getQuarantined()) {
      // It leads for want of others. Who copied its data would be wrong as well.
      return null;
    }
    if (ready != null && ready.index() >= indexMin && hasMembersOf(ready, region)) {
      return ready;
    }
    if (!building && !isWithoutData()) {
      building = builder.schedule(new RegionTask.Build(region.getId()));
    }
    return null;
  }

  private boolean mayGet(@Nullable Peer peer) {
    if (peer == null) {
      return true;
    }
    forgetOld();
    return !failed.containsKey(peer.getId()) && hasSpace.test(peer.getStoreId());
  }

  /** A peer could not take the one that it was sent, for want of space or a connection. */
  public void onFailed(long peerId) {
    forgetOld();
    failed.put(peerId, clock.nanos());
  }

  private void forgetOld() {
    if (!failed.isEmpty()) {
      long now = clock.nanos();
      failed.values().removeIf(then -> now - then >= RETRY_NANOS);
    }
  }

  /** A peer that was added since would be missing from an older one. */
  private static boolean hasMembersOf(Snapshot snapshot, Region region) {
    RaftSnapshotData data = MessageCodec.snapshotData(snapshot);
    return data.getRegion().getRegionEpoch().getConfVer() >= region.getRegionEpoch().getConfVer();
  }

  /** The worker is done; null when it could not. */
  public void onBuilt(@Nullable Snapshot snapshot) {
    building = false;
    built = snapshot;
  }

  /**
   * Has an accepted snapshot installed; what the region covered before and does not cover now is
   * cleared first.
   *
   * @param before the region until now
   * @param accepted the region as of the snapshot
   */
  public void install(Region before, Region accepted, long peerId, long term, long index) {
    Invariants.check(!isInstalling(), "two snapshots at once");
    if (before.getPeersCount() > 0) {
      clearOutside(before, accepted);
    }
    InstallJob job = new InstallJob();
    installing = job;
    wanting = false;
    installer.schedule(
        new RegionTask.Install(accepted, peerId, new SnapKey(accepted.getId(), term, index), job));
  }

  private void clearOutside(Region before, Region accepted) {
    KeyRange old = dataRange(before);
    KeyRange now = dataRange(accepted);
    installer.schedule(new RegionTask.Clear(new KeyRange(old.start(), now.start())));
    installer.schedule(new RegionTask.Clear(new KeyRange(now.end(), old.end())));
  }

  /** Has the data of a region that is gone deleted. */
  public void clear(Region region) {
    installer.schedule(new RegionTask.Clear(dataRange(region)));
  }

  private static KeyRange dataRange(Region region) {
    return Keys.dataRange(region.getStartKey().toByteArray(), region.getEndKey().toByteArray());
  }

  /** The worker is done with the installation, one way or the other. */
  public void onInstalled() {
    InstallJob job = installing;
    if (job != null && job.isFinished()) {
      installing = null;
    }
  }

  /** Whether the installation was called off in time: the replica cannot go on, only go. */
  public boolean isCalledOff() {
    InstallJob job = installing;
    return job != null && job.isCancelled();
  }

  /** Whether the accepted snapshot was damaged, so that the installation failed. */
  public boolean isDamaged() {
    InstallJob job = installing;
    return job != null && job.isDamaged();
  }

  /** The accepted snapshot is not there any more: the region has no data until another is. */
  public void want() {
    wanting = true;
  }

  /** Whether an accepted snapshot waits for the worker, or for what comes of it. */
  public boolean isInstalling() {
    return installing != null;
  }

  /** Whether the region's data is not there yet. */
  boolean isWithoutData() {
    return wanting || installing != null;
  }

  /**
   * Calls the installation off, because the replica is to go.
   *
   * @return whether no worker touches the region any more; false to ask again later
   */
  public boolean cancel() {
    InstallJob job = installing;
    return job == null || job.cancel();
  }
}
