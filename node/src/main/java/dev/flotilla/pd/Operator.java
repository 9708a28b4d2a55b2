package dev.flotilla.pd;

import dev.flotilla.proto.eraftpb.ConfChangeType;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.pdpb.ChangePeer;
import dev.flotilla.proto.pdpb.PeerStats;
import dev.flotilla.proto.pdpb.RegionHeartbeatResponse;
import dev.flotilla.proto.pdpb.TransferLeader;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RegionMembers;
import java.util.List;
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
      Peer peer = RegionMembers.find(region, promote.peer().getId());
      return peer != null && peer.getRole() == PeerRole.Voter;
    } else if (step instanceof Remove remove) {
      return RegionMembers.find(region, remove.peer().getId()) == null;
    } else if (step instanceof Lead lead) {
      return leads.leader().getId() == lead.peer().getId();
    }
    throw new AssertionError("unknown step " + step);
  }

  /** What the region's leader is told to do; null while it must wait. */
  static @Nullable RegionHeartbeatResponse command(Step step, PlacementTask.Leads leads) {
    RegionHeartbeatResponse.Builder command =
        RegionHeartbeatResponse.newBuilder()
            .setRegionId(leads.region().getId())
            .setRegionEpoch(leads.region().getRegionEpoch())
            .setTargetPeer(leads.leader());
    if (step instanceof AddLearner add) {
      return command.setChangePeer(change(add.peer(), ConfChangeType.AddLearnerNode)).build();
    } else if (step instanceof Promote promote) {
      return hasCaughtUp(promote.peer(), leads)
          ? command.setChangePeer(change(promote.peer(), ConfChangeType.AddNode)).build()
          : null;
    } else if (step instanceof Remove remove) {
      return command.setChangePeer(change(remove.peer(), ConfChangeType.RemoveNode)).build();
    } else if (step instanceof Lead lead) {
      return command.setTransferLeader(TransferLeader.newBuilder().setPeer(lead.peer())).build();
    }
    throw new AssertionError("unknown step " + step);
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
