package dev.flotilla.sim.cluster;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.Keys;
import dev.flotilla.proto.eraftpb.Entry;
import dev.flotilla.proto.eraftpb.EntryType;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_serverpb.PeerState;
import dev.flotilla.proto.raft_serverpb.RegionLocalState;
import dev.flotilla.raftstore.RegionMembers;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.wire.RegionStates;

/** Which disks can be lost without losing more than a region can bear. */
final class Wipes {
  private final SimCluster cluster;

  Wipes(SimCluster cluster) {
    this.cluster = cluster;
  }

  /**
   * Whether every region that {@code lost} has a replica of keeps a majority, by whatever any store
   * knows of it, and no change of members is under way.
   */
  boolean isBearable(SimMachine lost) {
    for (SimMachine machine : cluster.machines()) {
      for (RegionLocalState state : RegionStates.loadAll(machine.kv())) {
        Region region = state.getRegion();
        if (state.getState() != PeerState.Tombstone
            && Regions.isInitialized(region)
            && !(isKept(region, lost) && isSettled(machine, region.getId()))) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether some region has a replica on {@code lost}, by what any store knows. */
  boolean isMember(SimMachine lost) {
    for (SimMachine machine : cluster.machines()) {
      for (RegionLocalState state : RegionStates.loadAll(machine.kv())) {
        if (Regions.peerOn(state.getRegion(), lost.id()) != null) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isKept(Region region, SimMachine lost) {
    Peer there = Regions.peerOn(region, lost.id());
    // The system region grows with the cluster: a learner of it becomes one voter more, whose loss
    // need not be known by then. In others it takes the place of one.
    boolean grows =
        Regions.isSystem(region) && there != null && there.getRole() == PeerRole.Learner;
    int voters = grows ? 1 : 0;
    int kept = 0;
    for (Peer peer : region.getPeersList()) {
      if (peer.getRole() != PeerRole.Learner) {
        voters++;
        SimMachine machine = cluster.find((int) peer.getStoreId());
        if (machine != null && machine != lost && holds(machine, region.getId(), peer)) {
          kept++;
        }
      }
    }
    return voters >= 3 && kept * 2 > voters;
  }

  private static boolean holds(SimMachine machine, long regionId, Peer peer) {
    RegionLocalState state = RegionStates.regionState(machine.kv(), regionId);
    return state != null
        && state.getState() != PeerState.Tombstone
        && RegionMembers.find(state.getRegion(), peer.getId()) != null;
  }

  private static boolean isSettled(SimMachine machine, long regionId) {
    try (EngineIterator log =
        machine
            .raft()
            .iterator(
                Cf.DEFAULT,
                Keys.raftLogRange(regionId, appliedIndex(machine, regionId) + 1, Long.MAX_VALUE))) {
      for (boolean more = log.seekToFirst(); more; more = log.next()) {
        if (Entry.parseFrom(log.value()).getEntryType() != EntryType.EntryNormal) {
          return false;
        }
      }
      return true;
    } catch (InvalidProtocolBufferException e) {
      throw new Violation("an entry of region " + regionId + " cannot be read");
    }
  }

  private static long appliedIndex(SimMachine machine, long regionId) {
    byte[] stored = machine.kv().get(Cf.RAFT, Keys.applyStateKey(regionId));
    return stored == null ? 0 : ReplicaWatch.appliedIndex(stored);
  }
}
