package dev.flotilla.raftstore.peer;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raft.ProgressState;
import dev.flotilla.raft.RawNode;
import dev.flotilla.raftstore.Quarantine;
import dev.flotilla.raftstore.RegionMembers;
import java.util.function.Predicate;

/** Hands leadership to other peers of a region. Only advice to raft: it may come to nothing. */
final class LeaderTransfer {
  /** Entries that the target may be behind: so few arrive before the transfer is given up. */
  private static final long LOG_LAG_MAX = 10;

  private final RawNode raft;
  private final PeerHealth health;
  private final DiskGuard disks;

  LeaderTransfer(RawNode raft, PeerHealth health, DiskGuard disks) {
    this.raft = raft;
    this.health = health;
    this.disks = disks;
  }

  /** To {@code target}, if that can lead, and serve as much, at once. */
  void to(long target, Region region) {
    Peer peer = RegionMembers.find(region, target);
    if (peer != null
        && isReady(target, region)
        && !isAnyInNeedOfSnapshot()
        && !disks.isWorseOff(peer)) {
      raft.transferLeader(target);
    }
  }

  /**
   * To whoever is best for it, as this peer must not lead on.
   *
   * @return whether there was somebody
   */
  boolean away(Region region) {
    long ample = bestTarget(region, disks::hasSpace);
    long target = ample != 0 ? ample : bestTarget(region, peer -> true);
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
    long target = bestTarget(region, disks::hasSpace);
    if (target == 0 || !isReady(target, region)) {
      return false;
    }
    raft.transferLeader(target);
    return true;
  }

  /** The voter that could serve, has most of the log and was heard of lately; 0 for none. */
  private long bestTarget(Region region, Predicate<Peer> suits) {
    long[] best = {0, -1};
    raft.forEachProgress(
        (id, match, next, state, active, snapshot, learner) -> {
          Peer peer = RegionMembers.find(region, id);
          if (peer != null
              && id != raft.id()
              && !learner
              && health.isHeard(id)
              && match > best[1]
              && !Quarantine.includes(region, id)
              && suits.test(peer)) {
            best[0] = id;
            best[1] = match;
          }
        });
    return best[0];
  }

  /**
   * Whether {@code target} can lead, and serve, at once. Not if it may be dead, as a leader that
   * hands over refuses writes for an election timeout, and the driver knows of a death only after a
   * while.
   */
  private boolean isReady(long target, Region region) {
    if (Quarantine.includes(region, target) || !health.isHeard(target)) {
      return false;
    }
    boolean[] ready = {false};
    raft.forEachProgress(
        (id, match, next, state, active, snapshot, learner) -> {
          if (id == target) {
            ready[0] = !learner && raft.lastIndex() <= match + LOG_LAG_MAX;
          }
        });
    return ready[0];
  }

  /** Whether a peer waits for a snapshot, which a new leader would have to begin anew. */
  private boolean isAnyInNeedOfSnapshot() {
    boolean[] any = {false};
    raft.forEachProgress(
        (id, match, next, state, active, snapshot, learner) ->
            any[0] |= state == ProgressState.SNAPSHOT);
    return any[0];
  }
}
