package dev.flotilla.raftstore.store;

import dev.flotilla.engine.WriteBatch;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Invariants;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.apply.ApplyTask;
import dev.flotilla.raftstore.peer.Peer;
import dev.flotilla.raftstore.peer.PeerContext;
import dev.flotilla.raftstore.wire.RegionStates;

/**
 * Makes replicas and destroys them.
 *
 * <p>Destruction has two steps when asked for from outside: entries on their way through an apply
 * worker must not be written once the data is deleted, so the worker lets go first.
 */
final class PeerLifecycle {
  private final PeerContext context;
  private final RegionTable regions;
  private final ObservedRegions observed;

  private final Departures goneWithoutData = new Departures();

  PeerLifecycle(PeerContext context, RegionTable regions, ObservedRegions observed) {
    this.context = context;
    this.regions = regions;
    this.observed = observed;
  }

  /** Makes a replica of which nothing is known but that {@code peer} is to be it. */
  Peer replicate(long regionId, dev.flotilla.proto.metapb.Peer peer) {
    Peer created = Peer.replicate(context, regionId, peer);
    regions.add(created);
    goneWithoutData.remove(regionId);
    return created;
  }

  /**
   * Someone who knows a newer region says that this replica is not in it.
   *
   * @return whether it is gone; false when it will be, or, as its snapshot was installed just now,
   *     has to be asked for again
   */
  boolean remove(Peer peer) {
    if (!peer.storage().snapshots().cancel()) {
      return false;
    }
    boolean applying = peer.storage().isApplyingSnapshot();
    peer.startRemoving();
    if (peer.isInitialized()) {
      context.workers().apply().schedule(new ApplyTask.Destroy(peer.region().getId()));
      if (!applying) {
        return false;
      }
    }
    destroy(peer);
    return true;
  }

  /**
   * The installation of a snapshot has ended. Where it was called off, because somebody wanted the
   * replica gone, it goes now: without data it would stand in the way of any other for good, and
   * nobody may ask again.
   */
  void onSnapshotInstalled(Peer peer) {
    if (peer.storage().snapshots().isCalledOff()) {
      remove(peer);
    } else if (peer.storage().snapshots().isDamaged()) {
      restartWithoutData(peer);
    } else {
      peer.onSnapshotInstalled();
    }
  }

  /**
   * The snapshot that a replica has accepted is no more, and its data went before. What it took in
   * since is forgotten, as by a crash: none of it has left.
   */
  private void restartWithoutData(Peer peer) {
    peer.startRemoving();
    peer.stop(new Refusal.StaleCommand());
    regions.remove(peer);
    RegionStates.cutToSnapshot(context.engines(), peer.region().getId());
    regions.add(Peer.withoutData(context, peer.region()));
  }

  /** The apply worker has let go of a replica. */
  void onReleased(long regionId, long peerId) {
    Peer peer = regions.get(regionId);
    if (peer != null && peer.peer().getId() == peerId) {
      destroy(peer);
    }
  }

  /** Nobody works on the replica any more: makes it a tombstone and has its data deleted. */
  void destroy(Peer peer) {
    peer.startRemoving();
    Region region = peer.region();
    peer.stop(new Refusal.RegionNotFound(region.getId()));
    regions.remove(peer);
    try (WriteBatch kv = context.engines().kv().newBatch();
        WriteBatch raft = context.engines().raft().newBatch()) {
      RegionStates.putDestroyed(kv, raft, tombstone(peer));
      // kv first: a log without a tombstone can be finished off later, the reverse is a data loss.
      context.engines().kv().write(kv, true);
      context.engines().raft().write(raft, context.config().syncLog());
    }
    if (peer.isInitialized()) {
      observed.destroyed(peer);
      peer.storage().snapshots().clear(region);
    } else {
      goneWithoutData.add(region.getId());
    }
  }

  /**
   * Whether the replica of a region that a split brings has gone already. The apply worker looks
   * for its tombstone; it may have looked, and even written over it, in the moment when it was put.
   */
  boolean hasGone(Region born) {
    return goneWithoutData.remove(born.getId());
  }

  /** What is remembered of a replica that never knew its region is that this peer was here. */
  private static Region tombstone(Peer peer) {
    Region region = peer.region();
    return peer.isInitialized() ? region : region.toBuilder().addPeers(peer.peer()).build();
  }

  /** A replica without data gives way to the one that a split brings. */
  void replace(Peer uninitialized) {
    Invariants.check(!uninitialized.isInitialized(), "a split brings a region that is here");
    uninitialized.startRemoving();
    uninitialized.stop(new Refusal.RegionNotFound(uninitialized.region().getId()));
    regions.remove(uninitialized);
  }

  /** Makes a replica of a region that is known; the caller adds it to the table. */
  Peer create(Region region) {
    return Peer.create(context, region);
  }

  /** A region that a split brought is one that this store has outlived. */
  void bury(Region region) {
    try (WriteBatch kv = context.engines().kv().newBatch();
        WriteBatch raft = context.engines().raft().newBatch()) {
      RegionStates.putDestroyed(kv, raft, region);
      context.engines().kv().write(kv, true);
    }
  }
}
