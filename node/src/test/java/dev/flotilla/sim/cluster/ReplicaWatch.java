package dev.flotilla.sim.cluster;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Keys;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_serverpb.PeerState;
import dev.flotilla.proto.raft_serverpb.RaftApplyState;
import dev.flotilla.proto.raft_serverpb.RegionLocalState;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.wire.RegionStates;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/** Invariant: replicas that have applied as much hold the same data, at any moment. */
final class ReplicaWatch {
  private static final long EVERY_NANOS = 4 * Timeline.SECOND;

  private record Version(long regionId, long index) {}

  private record Seen(int store, long hash) {}

  private final SimCluster cluster;

  ReplicaWatch(SimCluster cluster) {
    this.cluster = cluster;
  }

  /** Looks now and then until {@code endNanos}. */
  void begin(long endNanos) {
    Timeline timeline = cluster.world().timeline();
    if (timeline.nowNanos() < endNanos) {
      look();
      timeline.after(EVERY_NANOS, () -> begin(endNanos));
    }
  }

  /** Compares what is on the disks now; the newest writes count, synced or not. */
  void look() {
    look(region -> true);
  }

  /** Compares the replicas of the region that holds {@code key}. */
  void lookAt(ByteString key) {
    look(region -> Regions.contains(region, key));
  }

  private void look(Predicate<Region> wanted) {
    Map<Version, Seen> seen = new HashMap<>();
    for (SimMachine machine : cluster.machines()) {
      for (RegionLocalState state : RegionStates.loadAll(machine.kv())) {
        if (!wanted.test(state.getRegion()) || isRotten(state.getRegion())) {
          continue;
        }
        long regionId = state.getRegion().getId();
        byte[] stored = machine.kv().get(Cf.RAFT, Keys.applyStateKey(regionId));
        if (state.getState() == PeerState.Normal && stored != null) {
          Version version = new Version(regionId, appliedIndex(stored));
          long hash = ClosingChecks.dataHash(machine, state.getRegion());
          Seen other = seen.putIfAbsent(version, new Seen(machine.id(), hash));
          Violation.check(
              other == null || other.hash == hash,
              "data of region %d differs between stores %s and %d, both at index %d",
              regionId,
              other,
              machine.id(),
              version.index);
        }
      }
    }
  }

  /** Whether the stores themselves are to find that its replicas differ. */
  private boolean isRotten(Region region) {
    return cluster.world().watch().isRotten()
        && Regions.contains(region, ByteString.copyFromUtf8(SimCluster.UNREAD_KEY));
  }

  static long appliedIndex(byte[] stored) {
    try {
      return RaftApplyState.parseFrom(stored).getAppliedIndex();
    } catch (InvalidProtocolBufferException e) {
      throw new Violation("an apply state cannot be read");
    }
  }
}
