package dev.flotilla.raftstore.peer;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raft.ProgressState;
import dev.flotilla.raft.RawNode;
import dev.flotilla.raftstore.Quarantine;
import dev.flotilla.raftstore.RegionMembers;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Hands leadership to other peers of a region. Only advice to raft: it may come to nothing. */
final class LeaderTransfer {
  /** Entries that the target may be behind: so few arrive before the transfer is given up. */
  private static final long LOG_LAG_MAX = 10;

  private final RawNode raft;
  private final PeerHealth health;
  private final StoreDisks disks;

  LeaderTransfer(RawNode raft, PeerHealth health, StoreDisks disks) {
    this.raft = raft;
    this.health = health;
    this.disks = disks;
  }

  /** To {@code target}, if that can lead, and serve, at once. */
  void to(long target, Region region) {
    if (isReady(target, region)) {
      raft.transferLeader(target);
    }
  }

  /**
   * To whoever is best for it, as this peer must not lead on.
   *
   * @return whether there was somebody
   */
  boolean away(Region region) {
    long target = bestTarget(region, id -> true);
    if (target == 0) {
      return false;
    }
    raft.transferLeader(target);
    return true;
  }

  /**
   * To whoever has the space on its disk that this store lacks, if that can lead at once: reads and
   * deletes go on here meanwhile.
   *
   * @return whether there was somebody
   */
  boolean toSpace(Region region) {
    if (!disks.holdsBack(region) || raft.leadTransferee() != 0) {
      return false;
    }
    long target = bestTarget(region, id -> hasSpace(RegionMembers.find(region, id)));
    if (target == 0 || !isReady(target, region)) {
      return false;
    }
    raft.transferLeader(target);
    return true;
  }

  private boolean hasSpace(@Nullable Peer peer) {
    return peer != null && disks.hasSpace(peer.getStoreId());
  }

  /** The voter that could serve, has most of the log and was heard of lately; 0 for none. */
  private long bestTarget(Region region, LongPredicate suits) {
    long[] best = {0, -1};
    raft.forEachProgress(
        (id, match, next, state, active, snapshot, learner) -> {
          if (id != raft.id()
              && !learner
              && health.isHeard(id)
              && match > best[1]
              && !Quarantine.includes(region, id)
              && suits.test(id)) {
            best[0] = id;
            best[1] = match;
          }
        });
    return best[0];
  }

  /**
   * Whether {@code target} can lead, and serve, at once. Not while any peer waits for a snapshot: a
   * new leader would have to begin it anew. Nor to one that may be dead, as a leader that hands
   * over refuses writes for an election timeout, and the driver knows of a death only after a
   * while.
   */
  private boolean isReady(long target, Region region) {
    if (Quarantine.includes(region, target) || !health.isHeard(target)) {
      return false;
    }
    boolean[] ready = {false, true};
    raft.forEachProgress(
        (id, match, next, state, active, snapshot, learner) -> {
          if (id == target) {
            ready[0] = !learner && raft.lastIndex() <= match + LOG_LAG_MAX;
          }
          ready[1] &= state != ProgressState.SNAPSHOT;
        });
    return ready[0] && ready[1];
  }
}
