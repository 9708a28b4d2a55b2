package dev.flotilla.pd;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RegionMembers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The steps by which one replica comes, goes, or takes another's place. Adds first and removes
 * after, and a replica votes when it has the data.
 */
final class MemberSteps {
  private MemberSteps() {}

  /**
   * @param in replica that comes: a new one, or a learner; or null
   * @param out replica that goes, or null
   */
  static List<Operator.Step> of(PlacementTask.Leads leads, @Nullable Peer in, @Nullable Peer out) {
    List<Operator.Step> steps = new ArrayList<>();
    if (in != null && RegionMembers.find(leads.region(), in.getId()) == null) {
      steps.add(new Operator.AddLearner(in));
    }
    if (in != null) {
      // The only voter has nobody to hand over to before the newcomer votes.
      boolean swaps =
          out != null
              && out.getRole() == PeerRole.Voter
              && RegionMembers.confState(leads.region()).voters().size() > 1;
      steps.add(out != null && swaps ? new Operator.Swap(in, out) : new Operator.Promote(in));
    }
    if (out != null) {
      steps.add(new Operator.Remove(out));
    }
    return steps;
  }

  /**
   * A voter that can lead in the leader's place, or null.
   *
   * @param isConnected whether a store was heard of lately
   */
  static @Nullable Peer successor(PlacementTask.Leads leads, LongPredicate isConnected) {
    Region region = leads.region();
    for (Peer peer : region.getPeersList()) {
      if (peer.getId() != leads.leader().getId()
          && peer.getRole() == PeerRole.Voter
          && !peer.getQuarantined()
          && isConnected.test(peer.getStoreId())
          && leads.downPeers().stream().noneMatch(one -> one.getPeer().getId() == peer.getId())) {
        return peer;
      }
    }
    return null;
  }
}
