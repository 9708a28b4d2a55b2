package dev.flotilla.raftstore.store;

import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.DivergenceListener;
import dev.flotilla.raftstore.HashVerdict;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.Scheduler;
import dev.flotilla.raftstore.apply.ExecResult;
import dev.flotilla.raftstore.peer.Peer;
import dev.flotilla.raftstore.task.HashTask;
import org.jspecify.annotations.Nullable;

/**
 * Compares the replicas of regions, one region at a time: all hash their data as of one log index
 * and report it to the leader, who tells through the log which of them are wrong.
 */
final class Consistency {
  private final RegionTable regions;
  private final Scheduler<HashTask> hashes;
  private final DivergenceListener listener;

  Consistency(RegionTable regions, Scheduler<HashTask> hashes, DivergenceListener listener) {
    this.regions = regions;
    this.hashes = hashes;
    this.listener = listener;
  }

  /** Begins with the led region that has waited longest. */
  void start() {
    Peer oldest = null;
    for (Peer peer : regions.peers()) {
      if (peer.isReadyToServe()
          && (oldest == null
              || peer.upkeep().checkedNanos() - oldest.upkeep().checkedNanos() < 0)) {
        oldest = peer;
      }
    }
    if (oldest != null) {
      oldest.upkeep().checkConsistency(oldest);
    }
  }

  void onComputeHash(ExecResult.ComputeHash compute) {
    HashTask task = new HashTask(compute.region(), compute.index(), compute.snapshot());
    if (!hashes.schedule(task)) {
      compute.snapshot().close();
    }
  }

  /** Returns the peer, which may have proposed something. */
  @Nullable Peer onHashComputed(Msg.HashComputed computed) {
    Peer peer = regions.get(computed.regionId());
    if (peer != null && !peer.isRemoving()) {
      peer.upkeep().onHashComputed(peer, computed.index(), computed.hash());
    }
    return peer;
  }

  /** The majority has spoken; who is not of it goes out of service from here on. */
  void onVerifyHash(Peer peer, ExecResult.VerifyHash verify) {
    HashVerdict verdict = verify.verdict();
    Region changed = verify.changed();
    if (changed != null) {
      peer.onVerdict(verdict, changed);
    }
    if (verdict.isDivergence()) {
      listener.onDivergence(peer.region(), verdict);
    }
    peer.upkeep().onVerdict(peer, verdict);
  }
}
