package dev.flotilla.sim.cluster;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Regions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Where regions and leaders are, as last reported; what clients and operators ask. */
final class Directory {
  /**
   * A region and who leads it.
   *
   * @param term raft term of the report
   */
  record Route(Region region, Peer leader, long term) {}

  private final Map<Long, Route> byRegion = new TreeMap<>();
  private final Map<Long, PlacementTask.Leads> reports = new HashMap<>();
  private final Map<Long, Long> placesByPeer = new HashMap<>();

  private long lastId = 1000;

  /** The first of {@code count} ids. */
  long newIds(int count) {
    lastId += count;
    return lastId - count + 1;
  }

  long newId() {
    return ++lastId;
  }

  void report(PlacementTask.Leads leads) {
    Region region = leads.region();
    reports.put(region.getId(), leads);
    for (Peer peer : region.getPeersList()) {
      long place = region.getId() * 1_000_000 + peer.getStoreId();
      Long before = placesByPeer.putIfAbsent(peer.getId(), place);
      Violation.check(before == null || before == place, "peer id %d was used twice", peer.getId());
    }
    Route known = byRegion.get(region.getId());
    if (known == null || isNewer(region, leads.term(), known)) {
      byRegion.put(region.getId(), new Route(region, leads.leader(), leads.term()));
    }
  }

  private static boolean isNewer(Region region, long term, Route known) {
    long version = region.getRegionEpoch().getVersion();
    long confVer = region.getRegionEpoch().getConfVer();
    long knownVersion = known.region.getRegionEpoch().getVersion();
    long knownConfVer = known.region.getRegionEpoch().getConfVer();
    return version >= knownVersion && confVer >= knownConfVer && term >= known.term;
  }

  /** What a leader of the region said last, or null. */
  PlacementTask.@Nullable Leads lastReport(long regionId) {
    return reports.get(regionId);
  }

  @Nullable Route byId(long regionId) {
    return byRegion.get(regionId);
  }

  /** The newest region that holds {@code key}, or null while none is known. */
  @Nullable Route byKey(ByteString key) {
    Route best = null;
    for (Route route : byRegion.values()) {
      if (Regions.contains(route.region, key)
          && (best == null
              || route.region.getRegionEpoch().getVersion()
                  > best.region.getRegionEpoch().getVersion())) {
        best = route;
      }
    }
    return best;
  }

  List<Route> all() {
    return new ArrayList<>(byRegion.values());
  }
}
