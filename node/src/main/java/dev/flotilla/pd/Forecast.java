package dev.flotilla.pd;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Regions;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many replicas and leaders each store has once all that the driver has under way has come to
 * pass. What is decided by these numbers is decided once: by those of now it would be again until
 * the first of it is seen, and be too much then.
 */
final class Forecast {
  /** A leadership on its way between two stores. */
  private record Handover(long from, long to) {}

  /** A replica that comes, one that goes, or both. */
  private record Move(@Nullable Peer in, @Nullable Peer out) {}

  private final RegionTree regions;

  /** By region, as the other; those of {@link Operators} that are under way. */
  private final Map<Long, Handover> handovers = new HashMap<>();

  private final Map<Long, Move> moves = new HashMap<>();

  Forecast(RegionTree regions) {
    this.regions = regions;
  }

  /** A person has asked for this. */
  void begins(Operator operator) {
    Peer in = null;
    Peer out = null;
    for (Operator.Step step : operator.steps()) {
      if (step instanceof Operator.AddLearner add) {
        in = add.peer();
      } else if (step instanceof Operator.Remove remove) {
        out = remove.peer();
      } else if (step instanceof Operator.Lead lead) {
        PlacementTask.Leads leads = regions.report(operator.regionId());
        if (leads != null) {
          handoverBegins(leads, lead.peer());
        }
      }
    }
    if (in != null || out != null) {
      moveBegins(operator.regionId(), in, out);
    }
  }

  /** A region's leader is told to hand over. */
  void handoverBegins(PlacementTask.Leads leads, Peer successor) {
    handovers.put(
        leads.region().getId(), new Handover(leads.leader().getStoreId(), successor.getStoreId()));
  }

  /** A replica of a region is to come, another one to go. */
  void moveBegins(long regionId, @Nullable Peer in, @Nullable Peer out) {
    moves.put(regionId, new Move(in, out));
  }

  /** What became of it, if anything was under way, is in the region's report. */
  void ends(long regionId) {
    handovers.remove(regionId);
    moves.remove(regionId);
  }

  /** How many regions' replicas move. */
  int movesCount() {
    return moves.size();
  }

  /** Regions that a store will lead. */
  long leadersOn(long storeId) {
    long sum = regions.leadersOn(storeId);
    for (Map.Entry<Long, Handover> each : handovers.entrySet()) {
      Handover handover = each.getValue();
      if (regions.isLedBy(each.getKey(), handover.from)) {
        sum += (handover.to == storeId ? 1 : 0) - (handover.from == storeId ? 1 : 0);
      }
    }
    return sum;
  }

  /** Replicas that a store will have. */
  long replicasOn(long storeId) {
    long sum = regions.replicasOn(storeId);
    for (Map.Entry<Long, Move> each : moves.entrySet()) {
      RegionTree.Route route = regions.find(each.getKey());
      if (route != null) {
        sum += change(each.getValue(), route.region(), storeId);
      }
    }
    return sum;
  }

  private static int change(Move move, Region now, long storeId) {
    boolean isThere = Regions.peerOn(now, storeId) != null;
    if (move.in != null && move.in.getStoreId() == storeId) {
      return isThere ? 0 : 1;
    }
    return isThere && move.out != null && move.out.getStoreId() == storeId ? -1 : 0;
  }
}
