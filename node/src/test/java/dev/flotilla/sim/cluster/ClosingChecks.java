package dev.flotilla.sim.cluster;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.KeyRange;
import dev.flotilla.engine.Keys;
import dev.flotilla.proto.eraftpb.Entry;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_serverpb.PeerState;
import dev.flotilla.proto.raft_serverpb.RaftApplyState;
import dev.flotilla.proto.raft_serverpb.RaftLocalState;
import dev.flotilla.proto.raft_serverpb.RegionLocalState;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.wire.RegionStates;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What must be so once everything works again and all work is done. */
final class ClosingChecks {
  private final SimCluster cluster;
  private final List<String> found = new ArrayList<>();

  /** Regions as their member with the newest epoch knows them. */
  private final Map<Long, Region> regions = new TreeMap<>();

  private ClosingChecks(SimCluster cluster) {
    this.cluster = cluster;
  }

  /** Returns what is wrong; empty when nothing is. */
  static List<String> violations(SimCluster cluster) {
    ClosingChecks checks = new ClosingChecks(cluster);
    checks.collectRegions();
    checks.tile();
    checks.membersAgree();
    checks.noZombies();
    checks.dataAgrees();
    checks.logsAreConsistent();
    return checks.found;
  }

  private void collectRegions() {
    for (SimMachine machine : cluster.machines()) {
      for (RegionLocalState state : RegionStates.loadAll(machine.kv())) {
        Region region = state.getRegion();
        if (state.getState() != PeerState.Tombstone && Regions.isInitialized(region)) {
          regions.merge(region.getId(), region, ClosingChecks::newer);
        }
      }
    }
  }

  private static Region newer(Region one, Region other) {
    long mine = one.getRegionEpoch().getVersion() + one.getRegionEpoch().getConfVer();
    long its = other.getRegionEpoch().getVersion() + other.getRegionEpoch().getConfVer();
    return mine >= its ? one : other;
  }

  /** The newest regions cover every key, once. */
  private void tile() {
    List<Region> sorted = new ArrayList<>(regions.values());
    sorted.sort((a, b) -> Regions.compare(a.getStartKey(), b.getStartKey()));
    ByteString end = ByteString.EMPTY;
    for (Region region : sorted) {
      if (!region.getStartKey().equals(end)) {
        found.add("no region begins at " + end.toStringUtf8() + ":\n" + sorted);
        return;
      }
      end = region.getEndKey();
    }
    if (!end.isEmpty()) {
      found.add("no region from " + end.toStringUtf8());
    }
  }

  private void membersAgree() {
    for (Region region : regions.values()) {
      for (Peer peer : region.getPeersList()) {
        SimMachine machine = cluster.find((int) peer.getStoreId());
        RegionLocalState state = machine == null ? null : state(machine, region.getId());
        if (state == null || !state.getRegion().equals(region)) {
          found.add(
              "store %d holds %s\nbut the region is %s"
                  .formatted(peer.getStoreId(), state, region));
        }
      }
    }
  }

  private static @Nullable RegionLocalState state(SimMachine machine, long regionId) {
    for (RegionLocalState state : RegionStates.loadAll(machine.kv())) {
      if (state.getRegion().getId() == regionId) {
        return state;
      }
    }
    return null;
  }

  /** A store has replicas of exactly the regions it is a member of. */
  private void noZombies() {
    for (SimMachine machine : cluster.machines()) {
      for (RegionLocalState state : RegionStates.loadAll(machine.kv())) {
        Region known = regions.get(state.getRegion().getId());
        boolean member = known != null && Regions.peerOn(known, machine.id()) != null;
        if (state.getState() != PeerState.Tombstone && !member) {
          found.add("store %d still holds %s".formatted(machine.id(), state));
        }
      }
    }
  }

  private void dataAgrees() {
    for (Region region : regions.values()) {
      Map<Long, Long> hashes = new HashMap<>();
      for (Peer peer : region.getPeersList()) {
        SimMachine machine = cluster.find((int) peer.getStoreId());
        RaftApplyState applied = machine == null ? null : applyState(machine, region.getId());
        if (machine == null || applied == null) {
          continue;
        }
        long hash = dataHash(machine, region);
        Long other = hashes.putIfAbsent(applied.getAppliedIndex(), hash);
        if (other != null && other != hash) {
          found.add(
              "data of region %d differs at index %d"
                  .formatted(region.getId(), applied.getAppliedIndex()));
        }
      }
      if (hashes.size() > 1) {
        found.add("replicas of region %d stay apart: %s".formatted(region.getId(), hashes));
      }
    }
  }

  static long dataHash(SimMachine machine, Region region) {
    KeyRange range =
        Keys.dataRange(region.getStartKey().toByteArray(), region.getEndKey().toByteArray());
    long hash = 17;
    for (Cf cf : Cf.values()) {
      if (!cf.isUserData()) {
        continue;
      }
      try (EngineIterator iterator = machine.kv().intact().iterator(cf, range)) {
        for (boolean more = iterator.seekToFirst(); more; more = iterator.next()) {
          hash = hash * 31 + Arrays.hashCode(iterator.key());
          hash = hash * 31 + Arrays.hashCode(iterator.value());
        }
      }
    }
    return hash;
  }

  private static @Nullable RaftApplyState applyState(SimMachine machine, long regionId) {
    byte[] stored = machine.kv().get(Cf.RAFT, Keys.applyStateKey(regionId));
    try {
      return stored == null ? null : RaftApplyState.parseFrom(stored);
    } catch (InvalidProtocolBufferException e) {
      throw new Violation("apply state of region " + regionId + " cannot be read");
    }
  }

  /** Each log is gapless, ends after what was applied, and holds what was committed. */
  private void logsAreConsistent() {
    for (Region region : regions.values()) {
      for (Peer peer : region.getPeersList()) {
        SimMachine machine = cluster.find((int) peer.getStoreId());
        if (machine == null) {
          // Told by the check of members.
          continue;
        }
        RaftApplyState applied = applyState(machine, region.getId());
        byte[] stored = machine.raft().get(Cf.DEFAULT, Keys.raftStateKey(region.getId()));
        if (applied == null || stored == null) {
          found.add(
              "store %d has no states of region %d".formatted(peer.getStoreId(), region.getId()));
          continue;
        }
        try {
          checkLog(machine, region.getId(), applied, RaftLocalState.parseFrom(stored));
        } catch (InvalidProtocolBufferException e) {
          found.add("raft state of region " + region.getId() + " cannot be read");
        }
      }
    }
  }

  private void checkLog(
      SimMachine machine, long regionId, RaftApplyState applied, RaftLocalState raft)
      throws InvalidProtocolBufferException {
    String where = "log of region %d on store %d".formatted(regionId, machine.id());
    if (raft.getLastIndex() < applied.getAppliedIndex()) {
      found.add(where + " ends before what was applied");
    }
    long expected = applied.getTruncatedState().getIndex() + 1;
    KeyRange range = Keys.raftLogRange(regionId, expected, raft.getLastIndex() + 1);
    try (EngineIterator iterator = machine.raft().iterator(Cf.DEFAULT, range)) {
      for (boolean more = iterator.seekToFirst(); more; more = iterator.next()) {
        Entry entry = Entry.parseFrom(iterator.value());
        if (entry.getIndex() != expected) {
          found.add(where + " has a gap at " + expected);
          return;
        }
        long committed = cluster.world().watch().committed().term(regionId, expected);
        if (committed != 0
            && committed != entry.getTerm()
            && expected <= applied.getAppliedIndex()) {
          found.add(where + " has another entry than the committed one at " + expected);
        }
        expected++;
      }
    }
    if (expected != raft.getLastIndex() + 1) {
      found.add(where + " misses entries from " + expected + " to " + raft.getLastIndex());
    }
  }
}
