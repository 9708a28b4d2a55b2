package dev.flotilla.raftstore.store;

import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.apply.ApplyResult;
import dev.flotilla.raftstore.apply.ExecResult;
import dev.flotilla.raftstore.peer.LocalReads;
import dev.flotilla.raftstore.peer.Peer;

/** Takes in what the apply workers report. */
final class ApplyResults {
  private final RegionTable regions;
  private final ObservedRegions observed;
  private final PeerLifecycle lifecycle;
  private final SplitFlow splits;
  private final Consistency consistency;
  private final ReadyLoop readyLoop;

  ApplyResults(
      RegionTable regions,
      ObservedRegions observed,
      PeerLifecycle lifecycle,
      SplitFlow splits,
      Consistency consistency,
      ReadyLoop readyLoop) {
    this.regions = regions;
    this.observed = observed;
    this.lifecycle = lifecycle;
    this.splits = splits;
    this.consistency = consistency;
    this.readyLoop = readyLoop;
  }

  /** That a worker has caught up asks for nothing: it has begun a turn, which serves the reads. */
  void handle(ApplyResult result, LocalReads reads) {
    if (result instanceof ApplyResult.Destroyed destroyed) {
      lifecycle.onReleased(destroyed.regionId(), destroyed.peerId());
    } else if (result instanceof ApplyResult.Applied applied) {
      handle(applied, reads);
    }
  }

  /** Results first: raft, and reads that wait, must not see a change before it is in effect. */
  private void handle(ApplyResult.Applied applied, LocalReads reads) {
    Peer peer = regions.get(applied.regionId());
    if (peer == null || peer.peer().getId() != applied.peerId()) {
      // Of a replica that has gone since; hashing needs its snapshot no more.
      applied.discard();
      return;
    }
    Region before = peer.region();
    boolean wasSplit = false;
    boolean wasCompacted = false;
    long firstIndex = peer.storage().firstIndex();
    for (ExecResult result : applied.results()) {
      if (result instanceof ExecResult.CompactLog) {
        wasCompacted = true;
      } else if (result instanceof ExecResult.ChangePeer changed) {
        peer.onMembersChanged(changed);
      } else if (result instanceof ExecResult.Split split) {
        splits.onSplit(peer, split);
        wasSplit = true;
      } else if (result instanceof ExecResult.ComputeHash compute) {
        consistency.onComputeHash(compute);
      } else if (result instanceof ExecResult.VerifyHash verify) {
        consistency.onVerifyHash(peer, verify);
      }
    }
    observed.changed(peer, before);
    peer.onApplied(applied, reads);
    if (wasCompacted) {
      // Not before: until then the log still began where it did, and raft reads what it lacks.
      peer.onCompacted(firstIndex, peer.storage().truncatedIndex());
    }
    if (wasSplit) {
      // Not before: a peer with a split under way does not serve, and so has nothing to report.
      peer.reportToPlacement();
    }
    if (peer.isRemovedFromRegion()) {
      lifecycle.destroy(peer);
    } else {
      readyLoop.mark(peer);
    }
  }
}
