package dev.flotilla.pd;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.RegionEpoch;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Regions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which region serves which keys, as their leaders report. Never durable: whoever leads the system
 * region hears it anew. Invariant: ranges never overlap.
 */
public final class RegionTree {
  /**
   * A region and who leads it.
   *
   * @param term raft term of that leadership
   */
  public record Route(Region region, Peer leader, long term) {}

  private final NavigableMap<ByteString, Route> byStart =
      new TreeMap<>(ByteString.unsignedLexicographicalComparator());
  private final Map<Long, Route> byId = new HashMap<>();

  /** What leaders last said, for regions that are in the tree. */
  private final Map<Long, PlacementTask.Leads> reports = new HashMap<>();

  /** When they said it. */
  private final Map<Long, Long> heardNanos = new HashMap<>();

  private final Clock clock;

  /** Replicas on each store, and led regions. */
  private final Map<Long, Integer> replicas = new HashMap<>();

  private final Map<Long, Integer> leaders = new HashMap<>();

  /** Borders at which one region ends and the next begins. */
  private int seams;

  /** Whether every key has had a region once. */
  private boolean complete;

  /** Start of the region that {@link #next} comes to next. */
  private ByteString cursor = ByteString.EMPTY;

  /**
   * @param clock by which leaders are silent
   */
  RegionTree(Clock clock) {
    this.clock = clock;
  }

  /** Forgets all that was heard. */
  void clear() {
    byStart.clear();
    byId.clear();
    reports.clear();
    heardNanos.clear();
    replicas.clear();
    leaders.clear();
    seams = 0;
    complete = false;
    cursor = ByteString.EMPTY;
  }

  /** As the other, remembering all that was said. */
  void update(PlacementTask.Leads leads) {
    update(leads.region(), leads.leader(), leads.term());
    Route route = byId.get(leads.region().getId());
    if (route != null && route.region().equals(leads.region()) && route.term() == leads.term()) {
      reports.put(leads.region().getId(), leads);
      heardNanos.put(leads.region().getId(), clock.nanos());
    }
  }

  /** Reports of up to {@code count} regions after those of the last call, round and round. */
  List<PlacementTask.Leads> next(int count) {
    List<PlacementTask.Leads> found = new ArrayList<>();
    for (Route route : byStart.tailMap(cursor, true).values()) {
      if (found.size() == count) {
        cursor = route.region().getStartKey();
        return found;
      }
      PlacementTask.Leads report = reports.get(route.region().getId());
      if (report != null) {
        found.add(report);
      }
    }
    cursor = ByteString.EMPTY;
    return found;
  }

  /** What leaders last said of all regions. */
  Collection<PlacementTask.Leads> all() {
    return reports.values();
  }

  /** What the region's leader last said, or null. */
  PlacementTask.@Nullable Leads report(long regionId) {
    return reports.get(regionId);
  }

  /** Nanoseconds since the region's leader last said something; 0 when it never did. */
  long silence(long regionId) {
    Long heard = heardNanos.get(regionId);
    return heard == null ? 0 : clock.nanos() - heard;
  }

  /** Replicas on a store. */
  long replicasOn(long storeId) {
    return replicas.getOrDefault(storeId, 0);
  }

  /**
   * Regions that are led from a store, but for the system region: to lead it costs a store next to
   * nothing, so it is no reason to lead fewer others.
   */
  long leadersOn(long storeId) {
    return leaders.getOrDefault(storeId, 0);
  }

  /** Whether a region is led from a store, as far as is known. */
  boolean isLedBy(long regionId, long storeId) {
    Route route = byId.get(regionId);
    return route != null && route.leader().getStoreId() == storeId;
  }

  private void count(Route route, int sign) {
    for (Peer peer : route.region().getPeersList()) {
      replicas.merge(peer.getStoreId(), sign, Integer::sum);
    }
    if (!Regions.isSystem(route.region())) {
      leaders.merge(route.leader().getStoreId(), sign, Integer::sum);
    }
  }

  /** Takes a report in, unless what is known is newer. */
  void update(Region region, Peer leader, long term) {
    Route known = byId.get(region.getId());
    if (known != null && isNewer(known, region.getRegionEpoch(), term)) {
      return;
    }
    List<Route> overlapping = overlapping(region);
    for (Route route : overlapping) {
      if (route.region().getId() != region.getId()
          && route.region().getRegionEpoch().getVersion() > region.getRegionEpoch().getVersion()) {
        return;
      }
    }
    overlapping.forEach(this::remove);
    if (known != null) {
      remove(known);
    }
    Route route = new Route(region, leader, term);
    byStart.put(region.getStartKey(), route);
    byId.put(region.getId(), route);
    seams += seamsOf(region);
    count(route, 1);
  }

  /** With how many of its neighbours a region has a border in common. */
  private int seamsOf(Region region) {
    Map.Entry<ByteString, Route> before = byStart.lowerEntry(region.getStartKey());
    boolean follows =
        before != null && before.getValue().region().getEndKey().equals(region.getStartKey());
    boolean isFollowed = !region.getEndKey().isEmpty() && byStart.containsKey(region.getEndKey());
    return (follows ? 1 : 0) + (isFollowed ? 1 : 0);
  }

  private static boolean isNewer(Route known, RegionEpoch epoch, long term) {
    RegionEpoch mine = known.region().getRegionEpoch();
    return known.term() > term
        || mine.getVersion() > epoch.getVersion()
        || mine.getConfVer() > epoch.getConfVer();
  }

  private List<Route> overlapping(Region region) {
    List<Route> found = new ArrayList<>();
    Map.Entry<ByteString, Route> first = byStart.floorEntry(region.getStartKey());
    ByteString from = first == null ? region.getStartKey() : first.getKey();
    for (Route route : byStart.tailMap(from, true).values()) {
      if (!startsBefore(route.region(), region.getEndKey())) {
        break;
      }
      if (startsBefore(region, route.region().getEndKey())) {
        found.add(route);
      }
    }
    return found;
  }

  private static boolean startsBefore(Region region, ByteString end) {
    return isBefore(region.getStartKey(), end);
  }

  private void remove(Route route) {
    if (byStart.remove(route.region().getStartKey(), route)) {
      seams -= seamsOf(route.region());
    }
    if (byId.remove(route.region().getId(), route)) {
      reports.remove(route.region().getId());
      heardNanos.remove(route.region().getId());
      count(route, -1);
    }
  }

  /** The region that holds {@code key}, or null when nobody has reported one. */
  public @Nullable Route find(ByteString key) {
    Map.Entry<ByteString, Route> entry = byStart.floorEntry(key);
    return entry != null && Regions.contains(entry.getValue().region(), key)
        ? entry.getValue()
        : null;
  }

  /** The region right before the one that holds {@code key}, or null. */
  public @Nullable Route before(ByteString key) {
    Route found = find(key);
    if (found == null) {
      return null;
    }
    ByteString start = found.region().getStartKey();
    Map.Entry<ByteString, Route> before = byStart.lowerEntry(start);
    return before != null && before.getValue().region().getEndKey().equals(start)
        ? before.getValue()
        : null;
  }

  public @Nullable Route find(long regionId) {
    return byId.get(regionId);
  }

  /**
   * Regions that intersect {@code [start, end)}, in order; null when a key among them has none.
   *
   * @param end empty means no bound
   * @param limit at most so many; 0 or less means all
   */
  public @Nullable List<Route> scan(ByteString start, ByteString end, int limit) {
    List<Route> found = new ArrayList<>();
    Route route = find(start);
    while (route != null) {
      found.add(route);
      ByteString next = route.region().getEndKey();
      if (next.isEmpty() || found.size() == limit || !isBefore(next, end)) {
        return found;
      }
      route = byStart.get(next);
    }
    return null;
  }

  private static boolean isBefore(ByteString key, ByteString end) {
    return end.isEmpty() || Regions.compare(key, end) < 0;
  }

  /**
   * Whether every key has a region. Known without a look at them: as long as one of very many has
   * no leader, this is asked all the time.
   */
  public boolean isTiled() {
    return !byStart.isEmpty()
        && byStart.firstKey().isEmpty()
        && byStart.lastEntry().getValue().region().getEndKey().isEmpty()
        && seams == byStart.size() - 1;
  }

  /**
   * Whether every key has had a region. Before, one that is absent may only be unreported; later it
   * is where a region was split and the new one has no leader yet, which is soon over.
   */
  public boolean isComplete() {
    complete = complete || isTiled();
    return complete;
  }
}
