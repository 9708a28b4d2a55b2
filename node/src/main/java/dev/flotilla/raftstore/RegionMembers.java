package dev.flotilla.raftstore;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raft.ConfState;
import dev.flotilla.raft.IdSet;
import org.jspecify.annotations.Nullable;

/** A region's members as raft sees them. */
public final class RegionMembers {
  private RegionMembers() {}

  /**
   * The membership that {@code region} stands for. Joint configurations are always left by the
   * leader itself, so that one which was entered is known to be left.
   */
  public static ConfState confState(Region region) {
    IdSet voters = IdSet.EMPTY;
    IdSet learners = IdSet.EMPTY;
    IdSet outgoing = IdSet.EMPTY;
    IdSet learnersNext = IdSet.EMPTY;
    for (Peer peer : region.getPeersList()) {
      long id = peer.getId();
      switch (peer.getRole()) {
        case Voter, UNRECOGNIZED -> {
          voters = voters.with(id);
          outgoing = outgoing.with(id);
        }
        case Learner -> learners = learners.with(id);
        case IncomingVoter -> voters = voters.with(id);
        case DemotingVoter -> {
          outgoing = outgoing.with(id);
          learnersNext = learnersNext.with(id);
        }
      }
    }
    return isJoint(region)
        ? new ConfState(voters, learners, outgoing, learnersNext, true)
        : ConfState.of(voters, learners);
  }

  /** Whether the region is between two memberships. */
  public static boolean isJoint(Region region) {
    for (Peer peer : region.getPeersList()) {
      switch (peer.getRole()) {
        case IncomingVoter, DemotingVoter -> {
          return true;
        }
        default -> {}
      }
    }
    return false;
  }

  /** The region's peer with this id, or null. */
  public static @Nullable Peer find(Region region, long peerId) {
    // By position: this is asked for every message, and an iterator would be made each time.
    for (int i = 0; i < region.getPeersCount(); i++) {
      Peer peer = region.getPeers(i);
      if (peer.getId() == peerId) {
        return peer;
      }
    }
    return null;
  }
}
