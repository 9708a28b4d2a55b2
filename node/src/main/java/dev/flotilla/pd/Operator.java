package dev.flotilla.pd;

import dev.flotilla.proto.eraftpb.ConfChangeType;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.pdpb.ChangePeer;
import dev.flotilla.proto.pdpb.ChangePeerV2;
import dev.flotilla.proto.pdpb.PeerStats;
import dev.flotilla.proto.pdpb.RegionHeartbeatResponse;
import dev.flotilla.proto.pdpb.TransferLeader;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RegionMembers;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A few steps that change where a region lives, one after the other. A step is told with every
 * heartbeat until the region shows that it is done; epochs make repetition harmless.
 *
 * @param regionId the region
 * @param reason why, for people
 * @param steps in order
 * @param deadlineNanos when it is given up, by the driver's clock
 */
record Operator(long regionId, String reason, List<Step> steps, long deadlineNanos) {
  /** One change. */
  sealed interface Step {}

  /** Add a replica that does not vote yet. */
  record AddLearner(Peer peer) implements Step {}

  /** Let a replica vote, once it has caught up. */
  record Promote(Peer peer) implements Step {}

  /**
   * Let a replica vote once it has caught up and another one vote no longer, at once: at no time
   * are there more voters than before, of which fewer could be spared.
   */
  record Swap(Peer in, Peer out) implements Step {}

  /** Take a replica away. */
  record Remove(Peer peer) implements Step {}

  /** Hand leadership to a replica. */
  record Lead(Peer peer) implements Step {}

  /** For people. */
  static String text(Step step) {
    if (step instanceof AddLearner add) {
      return "add peer " + add.peer().getId() + " on store " + add.peer().getStoreId();
    } else if (step instanceof Promote promote) {
      return "let peer " + promote.peer().getId() + " vote";
    } else if (step instanceof Swap swap) {
      return "let peer " + swap.in().getId() + " vote in place of peer " + swap.out().getId();
    } else if (step instanceof Remove remove) {
      return "remove peer " + remove.peer().getId() + " from store " + remove.peer().getStoreId();
    } else if (step instanceof Lead lead) {
      return "let peer " + lead.peer().getId() + " lead";
    }
    throw new AssertionError("unknown step " + step);
  }

  /** The first step that the region does not show yet, or null when all are done. */
  @Nullable Step current(PlacementTask.Leads region) {
    for (Step step : steps) {
      if (!isDone(step, region)) {
        return step;
      }
    }
    return null;
  }

  private static boolean isDone(Step step, PlacementTask.Leads leads) {
    Region region = leads.region();
    if (step instanceof AddLearner add) {
      return RegionMembers.find(region, add.peer().getId()) != null;
    } else if (step instanceof Promote promote) {
      return isVoter(region, promote.peer());
    } else if (step instanceof Swap swap) {
      return isVoter(region, swap.in());
    } else if (step instanceof Remove remove) {
      return RegionMembers.find(region, remove.peer().getId()) == null;
    } else if (step instanceof Lead lead) {
      return leads.leader().getId() == lead.peer().getId();
    }
    throw new AssertionError("unknown step " + step);
  }

  private static boolean isVoter(Region region, Peer asked) {
    Peer peer = RegionMembers.find(region, asked.getId());
    return peer != null && peer.getRole() == PeerRole.Voter;
  }

  /**
   * What the region's leader is told to do; null while it must wait.
   *
   * @param isConnected whether a store was heard of lately
   */
  static @Nullable RegionHeartbeatResponse command(
      Step step, PlacementTask.Leads leads, LongPredicate isConnected) {
    if (RegionMembers.isJoint(leads.region())) {
      return null;
    }
    RegionHeartbeatResponse.Builder command =
        RegionHeartbeatResponse.newBuilder()
            .setRegionId(leads.region().getId())
            .setRegionEpoch(leads.region().getRegionEpoch())
            .setTargetPeer(leads.leader());
    if (takesVoteOf(step, leads.leader())) {
      // A leader keeps its vote, and who leads changes while the steps are taken.
      Peer successor = MemberSteps.successor(leads, isConnected);
      return successor == null
          ? null
          : command.setTransferLeader(TransferLeader.newBuilder().setPeer(successor)).build();
    }
    if (step instanceof AddLearner add) {
      return command.setChangePeer(change(add.peer(), ConfChangeType.AddLearnerNode)).build();
    } else if (step instanceof Promote promote) {
      return hasCaughtUp(promote.peer(), leads)
          ? command.setChangePeer(change(promote.peer(), ConfChangeType.AddNode)).build()
          : null;
    } else if (step instanceof Swap swap) {
      return hasCaughtUp(swap.in(), leads) ? swap(swap, leads.region(), command) : null;
    } else if (step instanceof Remove remove) {
      return command.setChangePeer(change(remove.peer(), ConfChangeType.RemoveNode)).build();
    } else if (step instanceof Lead lead) {
      return command.setTransferLeader(TransferLeader.newBuilder().setPeer(lead.peer())).build();
    }
    throw new AssertionError("unknown step " + step);
  }

  private static boolean takesVoteOf(Step step, Peer leader) {
    return (step instanceof Swap swap && swap.out().getId() == leader.getId())
        || (step instanceof Remove remove && remove.peer().getId() == leader.getId());
  }

  private static RegionHeartbeatResponse swap(
      Swap swap, Region region, RegionHeartbeatResponse.Builder command) {
    ChangePeer.Builder promotion = change(swap.in(), ConfChangeType.AddNode);
    return isVoter(region, swap.out())
        ? command
            .setChangePeerV2(
                ChangePeerV2.newBuilder()
                    .addChanges(promotion)
                    .addChanges(change(swap.out(), ConfChangeType.AddLearnerNode)))
            .build()
        : command.setChangePeer(promotion).build();
  }

  private static ChangePeer.Builder change(Peer peer, ConfChangeType type) {
    return ChangePeer.newBuilder().setPeer(peer).setChangeType(type);
  }

  private static boolean hasCaughtUp(Peer peer, PlacementTask.Leads leads) {
    for (Peer pending : leads.pendingPeers()) {
      if (pending.getId() == peer.getId()) {
        return false;
      }
    }
    for (PeerStats down : leads.downPeers()) {
      if (down.getPeer().getId() == peer.getId()) {
        return false;
      }
    }
    return true;
  }
}
