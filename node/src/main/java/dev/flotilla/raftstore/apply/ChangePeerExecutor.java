package dev.flotilla.raftstore.apply;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.ChangePeerRequest;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.RegionMembers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes a region's members: one at a time, or several through a joint configuration (thesis 4.3),
 * in which a voter cannot be removed but only become a learner, as in TiKV.
 */
public final class ChangePeerExecutor {
  private ChangePeerExecutor() {}

  /**
   * Returns {@code region} after {@code changes}; none of them leaves the joint configuration.
   *
   * @throws Refusal.Invalid when they do not fit the region's members
   */
  public static Region execute(List<ChangePeerRequest> changes, Region region) {
    if (changes.isEmpty()) {
      return leaveJoint(region);
    }
    if (RegionMembers.isJoint(region)) {
      throw new Refusal.Invalid("region is between two memberships already");
    }
    boolean joint = changes.size() > 1;
    Region.Builder changed = region.toBuilder();
    for (ChangePeerRequest change : changes) {
      apply(change, joint, changed);
    }
    Region result = bumped(changed, changes.size());
    if (joint && !RegionMembers.isJoint(result)) {
      throw new Refusal.Invalid("several changes at once must include one of a voter");
    }
    if (RegionMembers.confState(result).voters().isEmpty()) {
      throw new Refusal.Invalid("a region needs a voter");
    }
    return result;
  }

  private static void apply(ChangePeerRequest change, boolean joint, Region.Builder region) {
    Peer asked = change.getPeer();
    if (asked.getId() == 0 || asked.getStoreId() == 0) {
      throw new Refusal.Invalid("a peer needs an id and a store");
    }
    int at = indexOnStore(region, asked.getStoreId());
    @Nullable Peer there = at < 0 ? null : region.getPeers(at);
    switch (change.getChangeType()) {
      case AddNode -> {
        checkFree(asked, there, PeerRole.Learner, region);
        put(asked, joint ? PeerRole.IncomingVoter : PeerRole.Voter, at, region);
      }
      case AddLearnerNode -> {
        checkFree(asked, joint ? there : null, PeerRole.Voter, region);
        if (there != null && !joint) {
          throw duplicated(asked);
        }
        put(asked, there == null ? PeerRole.Learner : PeerRole.DemotingVoter, at, region);
      }
      case RemoveNode -> {
        if (there == null || there.getId() != asked.getId()) {
          throw new Refusal.Invalid("remove missing peer " + name(asked));
        }
        if (joint && there.getRole() != PeerRole.Learner) {
          throw new Refusal.Invalid("a voter cannot be removed at once with other changes");
        }
        region.removePeers(at);
      }
      case UNRECOGNIZED -> throw new Refusal.Invalid("unknown kind of membership change");
    }
  }

  /** A peer may come new, or come from {@code role}. */
  private static void checkFree(
      Peer asked, @Nullable Peer there, PeerRole role, Region.Builder region) {
    if (there != null) {
      if (there.getId() != asked.getId() || there.getRole() != role) {
        throw duplicated(asked);
      }
      return;
    }
    for (Peer peer : region.getPeersList()) {
      if (peer.getId() == asked.getId() && peer.getStoreId() != asked.getStoreId()) {
        throw duplicated(asked);
      }
    }
  }

  private static void put(Peer asked, PeerRole role, int at, Region.Builder region) {
    // Whoever asks may know less of it, or take it for another.
    boolean quarantined = at >= 0 && region.getPeers(at).getQuarantined();
    Peer peer = asked.toBuilder().setRole(role).setQuarantined(quarantined).build();
    if (at < 0) {
      region.addPeers(peer);
    } else {
      region.setPeers(at, peer);
    }
  }

  private static int indexOnStore(Region.Builder region, long storeId) {
    for (int i = 0; i < region.getPeersCount(); i++) {
      if (region.getPeers(i).getStoreId() == storeId) {
        return i;
      }
    }
    return -1;
  }

  private static Region leaveJoint(Region region) {
    if (!RegionMembers.isJoint(region)) {
      throw new Refusal.Invalid("region is not between two memberships");
    }
    Region.Builder changed = region.toBuilder();
    int changes = 0;
    for (int i = 0; i < changed.getPeersCount(); i++) {
      PeerRole role = changed.getPeers(i).getRole();
      PeerRole next =
          role == PeerRole.IncomingVoter
              ? PeerRole.Voter
              : role == PeerRole.DemotingVoter ? PeerRole.Learner : role;
      if (next != role) {
        changed.setPeers(i, changed.getPeers(i).toBuilder().setRole(next));
        changes++;
      }
    }
    return bumped(changed, changes);
  }

  private static Region bumped(Region.Builder region, int changes) {
    region.getRegionEpochBuilder().setConfVer(region.getRegionEpoch().getConfVer() + changes);
    return region.build();
  }

  private static Refusal.Invalid duplicated(Peer peer) {
    return new Refusal.Invalid("can't add duplicated peer " + name(peer));
  }

  private static String name(Peer peer) {
    return peer.getId() + " on store " + peer.getStoreId();
  }
}
