package dev.flotilla.raftstore.store;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.apply.ExecResult;
import dev.flotilla.raftstore.peer.Peer;
import dev.flotilla.raftstore.peer.PeerContext;
import java.util.ArrayList;
import java.util.List;

/** A split, from the wish for one to the replicas of the new regions. */
final class SplitFlow {
  private final PeerContext context;
  private final RegionTable regions;
  private final ObservedRegions observed;
  private final PeerLifecycle lifecycle;
  private final RaftMessageGate gate;
  private final ReadyLoop readyLoop;

  SplitFlow(
      PeerContext context,
      RegionTable regions,
      ObservedRegions observed,
      PeerLifecycle lifecycle,
      RaftMessageGate gate,
      ReadyLoop readyLoop) {
    this.context = context;
    this.regions = regions;
    this.observed = observed;
    this.lifecycle = lifecycle;
    this.gate = gate;
    this.readyLoop = readyLoop;
  }

  /** Someone wants a region cut: asks the placement driver for ids. It sends the command then. */
  void onWish(Msg.SplitRegion wish) {
    Callback callback = wish.callback();
    try {
      ask(wish);
    } catch (Refusal refusal) {
      if (callback != null) {
        callback.refused(refusal);
      }
    }
  }

  private void ask(Msg.SplitRegion wish) {
    Peer peer = regions.get(wish.regionId());
    if (peer == null) {
      throw new Refusal.RegionNotFound(wish.regionId());
    }
    if (!peer.isLeader()) {
      throw new Refusal.NotLeader(wish.regionId(), peer.leader());
    }
    Region region = peer.region();
    if (wish.epoch().getVersion() != region.getRegionEpoch().getVersion()) {
      throw new Refusal.EpochNotMatch(List.of(region));
    }
    if (Regions.isSystem(region)) {
      throw new Refusal.Invalid("the system region is never split");
    }
    if (wish.splitKeys().isEmpty()) {
      throw new Refusal.Invalid("split without a key");
    }
    for (ByteString key : wish.splitKeys()) {
      if (key.isEmpty()) {
        throw new Refusal.Invalid("a region cannot be split at the empty key");
      }
      Regions.checkKey(key, region);
    }
    boolean taken =
        context
            .placement()
            .schedule(
                new PlacementTask.AskSplit(
                    region,
                    peer.peer(),
                    wish.splitKeys(),
                    context.region().rightDerive(),
                    wish.callback()));
    if (!taken) {
      throw new Refusal.ServerIsBusy("the placement driver cannot be asked now");
    }
  }

  /** A split has been applied here: {@code parent} goes on with its part, and new peers begin. */
  void onSplit(Peer parent, ExecResult.Split split) {
    boolean parentLeads = parent.isLeader();
    regions.release(parent);
    parent.onRegionChanged(split.derived());
    parent.upkeep().onSplit();
    regions.update(parent, split.derived());
    List<Peer> born = new ArrayList<>();
    for (Region region : split.regions()) {
      if (region.getId() == split.derivedId()) {
        continue;
      }
      if (split.skipped().contains(region.getId()) || isOutlived(region)) {
        parent.storage().snapshots().clear(region);
        continue;
      }
      Peer peer = create(region, parentLeads);
      peer.upkeep().onBorn(parent.upkeep());
      born.add(peer);
    }
    for (Peer peer : born) {
      takePendingVotes(peer);
    }
  }

  /**
   * Whether the replica of the region has gone already, or a newer one is here, which has yet to
   * get its data.
   */
  private boolean isOutlived(Region region) {
    Peer there = regions.get(region.getId());
    if (there == null && lifecycle.hasGone(region)) {
      lifecycle.bury(region);
      return true;
    }
    if (there == null) {
      return false;
    }
    dev.flotilla.proto.metapb.Peer born = Regions.peerOn(region, context.storeId());
    if (born != null && there.peer().getId() > born.getId()) {
      lifecycle.bury(region);
      return true;
    }
    lifecycle.replace(there);
    return false;
  }

  private Peer create(Region region, boolean parentLeads) {
    Peer peer = lifecycle.create(region);
    regions.add(peer);
    observed.created(peer);
    if (parentLeads && region.getPeersCount() > 1) {
      // The old leader knows that the others are there; nobody else need try.
      peer.campaign();
    }
    readyLoop.mark(peer);
    return peer;
  }

  private void takePendingVotes(Peer peer) {
    for (RaftMessage vote : gate.takePendingVotes(peer.peer())) {
      if (gate.admit(vote) != null) {
        readyLoop.mark(peer);
      }
    }
  }
}
