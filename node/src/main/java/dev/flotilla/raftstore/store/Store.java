package dev.flotilla.raftstore.store;

import dev.flotilla.coprocessor.Registration;
import dev.flotilla.proto.raft_serverpb.RegionLocalState;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.apply.ApplyBursts;
import dev.flotilla.raftstore.apply.ApplyResult;
import dev.flotilla.raftstore.apply.ApplyTask;
import dev.flotilla.raftstore.peer.Peer;
import dev.flotilla.raftstore.peer.PeerContext;
import dev.flotilla.raftstore.task.CompactTask;
import dev.flotilla.raftstore.task.SplitCheckTask;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All peers of one store and the loop that drives them. One thread at a time.
 *
 * <p>A turn is any number of {@link #handle} and then one {@link #endTurn}, which alone touches the
 * disk, but for the rare destruction of a replica. Whatever is thrown out of either is a fault: the
 * process must stop.
 */
public final class Store implements Msg.Handler, AutoCloseable {
  private final PeerContext context;
  private final RegionTable regions = new RegionTable();
  private final ObservedRegions observed;
  private final PeerLifecycle lifecycle;
  private final CommandGate gate;
  private final RaftMessageGate messageGate;
  private final StatusCommands status;
  private final TurnReads reads;
  private final ReadyLoop readyLoop;
  private final Hibernation hibernation;
  private final SplitFlow splits;
  private final Consistency consistency;
  private final ApplyResults applyResults;
  private final SnapshotGc snapshotGc;

  private Store(PeerContext context) {
    this.context = context;
    this.observed = new ObservedRegions(context.coprocessors());
    this.lifecycle = new PeerLifecycle(context, regions, observed);
    this.gate = new CommandGate(context.storeId(), regions);
    this.status = new StatusCommands(regions);
    this.reads = new TurnReads(context.engines().kv());
    this.readyLoop =
        new ReadyLoop(
            context.engines(),
            context.transport(),
            context.workers().apply(),
            regions,
            observed,
            context.config().syncLog());
    this.hibernation = new Hibernation(context, regions, readyLoop);
    this.messageGate = new RaftMessageGate(context, regions, lifecycle, hibernation);
    this.splits = new SplitFlow(context, regions, observed, lifecycle, messageGate, readyLoop);
    this.consistency = new Consistency(regions, context.workers().hashes(), context.divergence());
    this.applyResults =
        new ApplyResults(regions, observed, lifecycle, splits, consistency, readyLoop);
    this.snapshotGc =
        new SnapshotGc(
            context.snapshots(), regions, context.clock(), context.snapshot().gcAfter().toNanos());
  }

  /**
   * Opens the store of a data folder that has been bootstrapped.
   *
   * @throws dev.flotilla.engine.EngineException when what is on disk contradicts itself
   */
  public static Store open(PeerContext context) {
    Store store = new Store(context);
    for (RegionLocalState state : StoreRecovery.recover(context.engines(), context.storeId())) {
      Peer peer = Peer.restore(context, state.getRegion(), StoreRecovery.isInstalling(state));
      store.regions.add(peer);
      store.observed.created(peer);
      store.readyLoop.mark(peer);
    }
    return store;
  }

  /** Handles one message; its effects wait for {@link #endTurn}. */
  public void handle(Msg msg) {
    msg.dispatch(this);
  }

  /** Serves reads, makes everything durable that was logged since, and hands on what committed. */
  public void endTurn() {
    reads.serve();
    readyLoop.run(reads);
    reads.serve();
    messageGate.endTurn();
  }

  @Override
  public void onCommand(Msg.Command msg) {
    try {
      if (msg.request().hasStatusRequest()) {
        gate.checkStore(msg.request().getHeader());
        msg.callback().done(status.execute(msg.request()));
        return;
      }
      Peer peer = gate.admit(msg.request());
      peer.propose(msg.request(), msg.callback(), reads);
      readyLoop.mark(peer);
    } catch (Refusal refusal) {
      msg.callback().refused(refusal);
    }
  }

  @Override
  public void onRaft(Msg.Raft msg) {
    Peer peer = messageGate.admit(msg.message());
    if (peer != null) {
      readyLoop.mark(peer);
    }
  }

  @Override
  public void onUnreachable(Msg.Unreachable msg) {
    with(msg.regionId(), peer -> peer.onUnreachable(msg.peerId()));
  }

  @Override
  public void onSnapshotStatus(Msg.SnapshotStatus msg) {
    with(msg.regionId(), peer -> peer.onSnapshotStatus(msg.peerId(), msg.received()));
  }

  @Override
  public void onSnapshotBuilt(Msg.SnapshotBuilt msg) {
    with(msg.regionId(), peer -> peer.onSnapshotBuilt(msg.snapshot()));
  }

  @Override
  public void onSnapshotInstalled(Msg.SnapshotInstalled msg) {
    with(
        msg.regionId(),
        peer -> {
          if (peer.peer().getId() == msg.peerId()) {
            lifecycle.onSnapshotInstalled(peer);
          }
        });
  }

  @Override
  public void onSplitRegion(Msg.SplitRegion msg) {
    splits.onWish(msg);
  }

  @Override
  public void onRegionSize(Msg.RegionSize msg) {
    with(
        msg.regionId(),
        peer -> {
          // What it was before a split is not the size of the part that keeps the id.
          if (peer.region().getRegionEpoch().getVersion() == msg.version()) {
            peer.upkeep().onMeasured(msg.bytes());
          }
        });
  }

  @Override
  public void onHashComputed(Msg.HashComputed msg) {
    Peer peer = consistency.onHashComputed(msg);
    if (peer != null) {
      readyLoop.mark(peer);
    }
  }

  @Override
  public void onSpaceLeft(Msg.SpaceLeft msg) {
    context.disks().onOwn(msg.usage());
  }

  @Override
  public void onApplied(Msg.Applied msg) {
    applyResults.handle((ApplyResult) msg.outcome(), reads);
  }

  /** Messages about a replica that has gone meanwhile mean nothing. */
  private void with(long regionId, Consumer<Peer> action) {
    Peer peer = regions.get(regionId);
    if (peer != null && !peer.isRemoving()) {
      action.accept(peer);
      readyLoop.mark(peer);
    }
  }

  @Override
  public void onTick(Msg.Ticked msg) {
    switch (msg.tick()) {
      case RAFT -> {
        hibernation.tick();
        context.workers().apply().flushAll();
      }
      case RAFT_LOG_GC -> {
        for (Peer peer : regions.peers()) {
          peer.upkeep().gcLog(peer);
          readyLoop.mark(peer);
        }
      }
      case SPLIT_CHECK -> {
        for (Peer peer : regions.peers()) {
          if (peer.isLeader() && peer.upkeep().takeSplitCheck()) {
            context
                .workers()
                .splitChecks()
                .schedule(new SplitCheckTask(peer.region(), peer.term()));
          }
        }
      }
      case COMPACT_CHECK -> compactOne();
      case CONSISTENCY_CHECK -> {
        consistency.start();
        regions.peers().forEach(readyLoop::mark);
      }
      case SNAPSHOT_GC -> snapshotGc.run();
      case REGION_HEARTBEAT -> regions.peers().forEach(Peer::reportToPlacement);
      case STORE_HEARTBEAT -> reportStore();
    }
  }

  /** One region at a time: compactions take the disk from everyone else. */
  private void compactOne() {
    for (Peer peer : regions.peers()) {
      if (peer.isInitialized() && peer.upkeep().takeCompaction()) {
        context.workers().compactions().schedule(new CompactTask(peer.region()));
        return;
      }
    }
  }

  private void reportStore() {
    int leaders = 0;
    for (Peer peer : regions.peers()) {
      if (peer.isLeader()) {
        leaders++;
      }
    }
    context
        .placement()
        .schedule(
            new PlacementTask.StoreStats(
                regions.peers().size(),
                leaders,
                context.snapshots().sending(),
                context.snapshots().receiving(),
                false));
  }

  /**
   * Hands over what is led here, because the node is about to stop; to be called again until there
   * is nothing left.
   *
   * @return how many regions somebody else is to lead
   */
  public int handOverLeaders() {
    int left = 0;
    for (Peer peer : regions.peers()) {
      if (peer.handOver()) {
        left++;
        readyLoop.mark(peer);
      }
    }
    readyLoop.run(reads);
    return left;
  }

  /** A look at one replica, or null when it is not here. */
  public @Nullable RegionStatus regionStatus(long regionId) {
    Peer peer = regions.get(regionId);
    return peer == null ? null : RegionStatus.of(peer);
  }

  /** A look at all replicas. */
  public List<RegionStatus> regionStatuses() {
    return regions.peers().stream().map(RegionStatus::of).toList();
  }

  /** Tells coprocessors that have just come into use of the users' regions that are here. */
  public void introduce(Set<Registration> newcomers) {
    ApplyBursts apply = context.workers().apply();
    boolean fed = newcomers.stream().anyMatch(Registration::isFed);
    for (Peer peer : regions.peers()) {
      if (!peer.isInitialized() || Regions.isSystem(peer.region())) {
        continue;
      }
      // A quarantined one leads for want of others, and was not told of as leader.
      boolean leads = peer.isLeader() && !peer.isQuarantined();
      context
          .coprocessors()
          .introduce(newcomers, peer.region(), peer.term(), leads, peer.isReadyToServe());
      if (fed) {
        apply.schedule(new ApplyTask.Show(peer.region().getId(), newcomers));
      }
    }
    apply.flush();
  }

  /** Synced log writes so far; what group commit is measured by. */
  public long logSyncs() {
    return readyLoop.syncs();
  }

  /** Answers everyone who waits here. What was logged is in the apply workers' hands. */
  @Override
  public void close() {
    reads.refuseAll();
    regions.peers().forEach(peer -> peer.stop(new Refusal.ServerIsBusy("the node is stopping")));
    readyLoop.close();
  }
}
