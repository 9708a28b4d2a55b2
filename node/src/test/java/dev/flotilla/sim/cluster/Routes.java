package dev.flotilla.sim.cluster;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.kvrpcpb.Context;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Regions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one client believes about regions and leaders; right at first, less so later. */
final class Routes {
  private final Directory directory;
  private final Dice dice;
  private final List<Directory.Route> known = new ArrayList<>();

  Routes(Directory directory, Dice dice) {
    this.directory = directory;
    this.dice = dice;
  }

  Directory.@Nullable Route find(ByteString key) {
    for (Directory.Route route : known) {
      if (Regions.contains(route.region(), key)) {
        return route;
      }
    }
    Directory.Route asked = directory.byKey(key);
    if (asked != null) {
      known.add(asked);
    }
    return asked;
  }

  /** Learns from a refusal, as the clients of the field do. */
  void onRefused(Directory.Route route, Refusal refusal) {
    known.remove(route);
    if (refusal instanceof Refusal.NotLeader notLeader) {
      Peer leader = notLeader.leader;
      if (leader != null && dice.chance(0.8)) {
        known.add(new Directory.Route(route.region(), leader, route.term()));
      } else if (dice.chance(0.5)) {
        onSilence(route);
      }
    } else if (refusal instanceof Refusal.EpochNotMatch epoch && dice.chance(0.8)) {
      for (Region region : epoch.regions) {
        Peer same = Regions.peerOn(region, route.leader().getStoreId());
        if (same != null) {
          known.removeIf(other -> other.region().getId() == region.getId());
          known.add(new Directory.Route(region, same, 0));
        }
      }
    }
  }

  /** No answer came: another replica is tried, or the directory asked. */
  void onSilence(Directory.Route route) {
    known.remove(route);
    if (dice.chance(0.5)) {
      Peer any = dice.pick(route.region().getPeersList());
      known.add(new Directory.Route(route.region(), any, route.term()));
    }
  }

  static Context context(Directory.Route route) {
    return Context.newBuilder()
        .setRegionId(route.region().getId())
        .setRegionEpoch(route.region().getRegionEpoch())
        .setPeer(route.leader())
        .build();
  }
}
