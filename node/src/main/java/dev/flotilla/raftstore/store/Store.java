package dev.flotilla.raftstore.store;

import dev.flotilla.proto.raft_serverpb.RegionLocalState;
import dev.flotilla.raftstore.Invariants;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.apply.ApplyResult;
import dev.flotilla.raftstore.peer.Peer;
import dev.flotilla.raftstore.peer.PeerContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All peers of one store and the loop that drives them. One thread at a time.
 *
 * <p>A turn is any number of {@link #handle} and then one {@link #endTurn}, which alone touches the
 * disk. Whatever is thrown out of either is a fault: the process must stop.
 */
public final class Store implements Msg.Handler, AutoCloseable {
  private final PeerContext context;
  private final RegionTable regions = new RegionTable();
  private final CommandGate gate;
  private final StatusCommands status;
  private final TurnReads reads;
  private final ReadyLoop readyLoop;

  private Store(PeerContext context) {
    this.context = context;
    this.gate = new CommandGate(context.storeId(), regions);
    this.status = new StatusCommands(regions);
    this.reads = new TurnReads(context.engines().kv());
    this.readyLoop = new ReadyLoop(context.engines().raft(), context.config().syncLog());
  }

  /**
   * Opens the store of a data folder that has been bootstrapped.
   *
   * @throws dev.flotilla.engine.EngineException when what is on disk contradicts itself
   */
  public static Store open(PeerContext context) {
    Store store = new Store(context);
    for (RegionLocalState state : StoreRecovery.recover(context.engines())) {
      Peer peer = Peer.create(context, state.getRegion());
      store.regions.add(peer);
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
  public void onTick(Msg.Ticked msg) {
    switch (msg.tick()) {
      case RAFT -> {
        for (Peer peer : regions.peers()) {
          if (peer.tick()) {
            readyLoop.mark(peer);
          }
        }
      }
      case RAFT_LOG_GC -> {
        for (Peer peer : regions.peers()) {
          peer.gcLog();
          readyLoop.mark(peer);
        }
      }
      case REGION_HEARTBEAT -> regions.peers().forEach(Peer::report);
      case STORE_HEARTBEAT -> reportStore();
    }
  }

  private void reportStore() {
    int leaders = 0;
    for (Peer peer : regions.peers()) {
      if (peer.isLeader()) {
        leaders++;
      }
    }
    context.placement().schedule(new PlacementTask.StoreStats(regions.peers().size(), leaders));
  }

  @Override
  public void onApplied(Msg.Applied msg) {
    if (msg.outcome() instanceof ApplyResult.Applied applied) {
      Peer peer =
          Invariants.present(
              regions.get(applied.regionId()), "applied for a region that is not here");
      peer.onApplied(applied, reads);
      readyLoop.mark(peer);
    }
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

  /** Synced log writes so far; what group commit is measured by. */
  public long logSyncs() {
    return readyLoop.syncs();
  }

  /** Answers everyone who waits here. What was logged is in the apply workers' hands. */
  @Override
  public void close() {
    reads.refuseAll();
    regions.peers().forEach(Peer::stop);
    readyLoop.close();
  }
}
