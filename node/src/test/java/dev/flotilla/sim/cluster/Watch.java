package dev.flotilla.sim.cluster;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Keys;
import dev.flotilla.proto.eraftpb.Message;
import dev.flotilla.proto.eraftpb.MessageType;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_serverpb.PeerState;
import dev.flotilla.proto.raft_serverpb.RaftApplyState;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.proto.raft_serverpb.RegionLocalState;
import dev.flotilla.raftstore.HashVerdict;
import dev.flotilla.raftstore.RegionMembers;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.store.RegionStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What must hold at every moment, over all stores; never forgets, whatever crashes. */
final class Watch {
  private record Term(long regionId, long term) {}

  private record Sent(long term, RaftMessage message) {}

  private record Ballot(long regionId, long peerId, long term) {}

  private record Epoch(long regionId, long confVer, long version) {}

  private final CommittedLogs committed = new CommittedLogs();
  private final Map<Term, Long> leaders = new HashMap<>();
  private final Map<Ballot, Long> votes = new HashMap<>();
  private final Map<Long, Sent> termsByPeer = new HashMap<>();

  /** Peers whose tombstone is written, with their store, which may not know of it yet. */
  private final Map<Long, Integer> dying = new HashMap<>();

  /** Ids of peers that are gone for ever. */
  private final Set<Long> destroyed = new HashSet<>();

  private final Map<Epoch, Region> regions = new HashMap<>();
  private final Map<Long, Long> placesByPeer = new HashMap<>();
  private final Map<Integer, Map<Long, Region>> regionsByStore = new TreeMap<>();
  private final Set<String> divergences = new TreeSet<>();
  private final Tally tally;

  /** Whether replicas are known to differ. */
  private boolean rotten;

  Watch(Tally tally) {
    this.tally = tally;
  }

  /** A value has changed on a disk, so replicas will differ. */
  void onRot() {
    rotten = true;
  }

  boolean isRotten() {
    return rotten;
  }

  /** Replicas were found to differ. */
  void onDivergence(Region region, HashVerdict verdict) {
    Violation.check(rotten, "%s", verdict.text(region));
    tally.add(verdict.isDispute() ? "dispute" : "quarantine");
    if (verdict.isDispute()) {
      divergences.add("region %d is disputed".formatted(region.getId()));
      return;
    }
    for (long peerId : verdict.differing().keySet()) {
      Peer peer = RegionMembers.find(region, peerId);
      divergences.add(
          "peer %d on store %s of region %d"
              .formatted(peerId, peer == null ? "?" : peer.getStoreId(), region.getId()));
    }
  }

  /** A replica serves a read. */
  void onRead(@Nullable RegionStatus status) {
    if (status != null && (status.quarantined() || status.region().getDisputed())) {
      throw new Violation("a replica that is out of service serves a read: " + status);
    }
  }

  /** Replicas that were found to differ. */
  Set<String> divergences() {
    return divergences;
  }

  CommittedLogs committed() {
    return committed;
  }

  /** A message leaves: a leader, a vote or a term becomes known to others. */
  void onSend(RaftMessage message) {
    Message raft = message.getMessage();
    long peerId = message.getFromPeer().getId();
    Violation.check(
        message.getIsTombstone() || !destroyed.contains(peerId),
        "peer %d of region %d was destroyed and is there again",
        peerId,
        message.getRegionId());
    if (message.hasHibernation()) {
      tally.add("hibernation sent");
    } else if (message.getWakeUp()) {
      tally.add("wake-up sent");
    }
    MessageType type = raft.getMsgType();
    switch (type) {
      case MsgAppend, MsgHeartbeat, MsgSnapshot, MsgTimeoutNow -> {
        onLeader(message.getRegionId(), raft.getTerm(), peerId);
        if (type == MessageType.MsgSnapshot) {
          tally.add("snapshot sent");
        } else if (type == MessageType.MsgTimeoutNow) {
          tally.add("timeout now sent");
        }
      }
      case MsgAppendResponse -> onTerm(message, raft.getTerm());
      case MsgRequestVoteResponse -> {
        onTerm(message, raft.getTerm());
        if (!raft.getReject()) {
          onVote(message.getRegionId(), peerId, raft.getTerm(), raft.getTo());
        }
      }
      default -> {}
    }
  }

  /** Of messages that leave once the term is on disk. Others may leave before, and be forgotten. */
  private void onTerm(RaftMessage message, long term) {
    if (term == 0) {
      return;
    }
    long peerId = message.getFromPeer().getId();
    Sent now = new Sent(term, message);
    Sent before = termsByPeer.put(peerId, now);
    if (before != null && before.term > term) {
      throw new Violation(
          "peer %d of region %d went back from term %d to %d, from\n%s\nto\n%s"
              .formatted(
                  peerId, message.getRegionId(), before.term, term, before.message, message));
    }
  }

  private void onLeader(long regionId, long term, long peerId) {
    Long other = leaders.putIfAbsent(new Term(regionId, term), peerId);
    if (other == null) {
      tally.add("leader");
    }
    Violation.check(
        other == null || other == peerId,
        "peers %s and %d both lead region %d in term %d",
        other,
        peerId,
        regionId,
        term);
  }

  private void onVote(long regionId, long peerId, long term, long candidate) {
    Long other = votes.putIfAbsent(new Ballot(regionId, peerId, term), candidate);
    Violation.check(
        other == null || other == candidate,
        "peer %d of region %d voted for %s and %d in term %d",
        peerId,
        regionId,
        other,
        candidate,
        term);
  }

  /** A turn is over. */
  void afterTurn(int store, List<RegionStatus> statuses) {
    // The apply worker writes the tombstone, and the store loop hears of it later.
    dying
        .entrySet()
        .removeIf(
            peer ->
                peer.getValue() == store
                    && statuses.stream().noneMatch(status -> status.peerId() == peer.getKey())
                    && destroyed.add(peer.getKey()));
    for (RegionStatus status : statuses) {
      if (status.leading()) {
        onLeader(status.region().getId(), status.term(), status.peerId());
      }
      if (status.appliedIndex() > status.lastIndex()) {
        throw new Violation("applied beyond the end of the log: " + status);
      }
      if (status.firstIndex() > status.appliedIndex() + 1) {
        throw new Violation("the log was shortened beyond what was applied: " + status);
      }
    }
  }

  /** Applying begins exactly where the disk says that it ended, so nothing is applied twice. */
  void onRegistration(SimMachine machine, long regionId, RaftApplyState begins) {
    byte[] stored = machine.kv().get(Cf.RAFT, Keys.applyStateKey(regionId));
    try {
      RaftApplyState onDisk = stored == null ? begins : RaftApplyState.parseFrom(stored);
      Violation.check(
          onDisk.getAppliedIndex() == begins.getAppliedIndex(),
          "region %d on store %d applied up to %d, but begins after %d",
          regionId,
          machine.id(),
          onDisk.getAppliedIndex(),
          begins.getAppliedIndex());
    } catch (InvalidProtocolBufferException e) {
      throw new Violation("apply state of region " + regionId + " cannot be read");
    }
  }

  /** A store wrote what it knows of a region. */
  void onRegionState(int store, RegionLocalState state) {
    Region region = state.getRegion();
    Map<Long, Region> here = regionsByStore.computeIfAbsent(store, unseen -> new TreeMap<>());
    if (state.getState() == PeerState.Tombstone) {
      Region known = here.remove(region.getId());
      Peer gone = known == null ? null : Regions.peerOn(known, store);
      if (gone != null) {
        dying.put(gone.getId(), store);
      }
      tally.add("peer destroyed");
      return;
    }
    onRegion(region);
    here.put(region.getId(), region);
  }

  /** After a write: regions of one store do not overlap. */
  void afterRegionStates(int store) {
    List<Region> here = new ArrayList<>(regionsByStore.getOrDefault(store, Map.of()).values());
    here.removeIf(region -> !Regions.isInitialized(region));
    here.sort((a, b) -> Regions.compare(a.getStartKey(), b.getStartKey()));
    for (int i = 1; i < here.size(); i++) {
      Region left = here.get(i - 1);
      Region right = here.get(i);
      Violation.check(
          !left.getEndKey().isEmpty()
              && Regions.compare(left.getEndKey(), right.getStartKey()) <= 0,
          "regions %d and %d overlap on store %d",
          left.getId(),
          right.getId(),
          store);
    }
  }

  /** What a store holds after it lost power, which may be older than what it wrote. */
  void onRestart(int store, List<RegionLocalState> states) {
    regionsByStore.remove(store);
    dying.values().removeIf(where -> where == store);
    for (RegionLocalState state : states) {
      if (state.getState() != PeerState.Tombstone) {
        // If it was destroyed, then that was not synced.
        Peer back = Regions.peerOn(state.getRegion(), store);
        if (back != null) {
          destroyed.remove(back.getId());
        }
        regionsByStore
            .computeIfAbsent(store, unseen -> new TreeMap<>())
            .put(state.getRegion().getId(), state.getRegion());
      }
    }
    afterRegionStates(store);
  }

  private void onRegion(Region region) {
    if (!Regions.isInitialized(region)) {
      return;
    }
    Epoch epoch =
        new Epoch(
            region.getId(),
            region.getRegionEpoch().getConfVer(),
            region.getRegionEpoch().getVersion());
    Region other = regions.putIfAbsent(epoch, region);
    if (other == null && epoch.confVer > 1) {
      tally.add("members changed");
    }
    if (other == null && RegionMembers.isJoint(region)) {
      tally.add("joint membership");
    }
    if (other == null && epoch.version > 1) {
      tally.add("range changed");
    }
    Violation.check(
        other == null || sameRegion(other, region),
        "region %d is two things at one epoch:\n%s\n%s",
        region.getId(),
        other,
        region);
    for (Peer peer : region.getPeersList()) {
      long place = region.getId() * 1_000_000 + peer.getStoreId();
      Long before = placesByPeer.putIfAbsent(peer.getId(), place);
      Violation.check(before == null || before == place, "peer id %d was used twice", peer.getId());
    }
  }

  private static boolean sameRegion(Region one, Region other) {
    return one.getStartKey().equals(other.getStartKey())
        && one.getEndKey().equals(other.getEndKey())
        && one.getPeersList().equals(other.getPeersList());
  }

  /** The newest shape of every region that any store has ever written. */
  List<Region> newestRegions() {
    Map<Long, Region> newest = new TreeMap<>();
    for (Region region : regions.values()) {
      newest.merge(region.getId(), region, Watch::newer);
    }
    return new ArrayList<>(newest.values());
  }

  private static Region newer(Region one, Region other) {
    long mine = one.getRegionEpoch().getConfVer() + one.getRegionEpoch().getVersion();
    long its = other.getRegionEpoch().getConfVer() + other.getRegionEpoch().getVersion();
    return mine >= its ? one : other;
  }
}
