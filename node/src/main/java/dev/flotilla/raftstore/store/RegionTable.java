package dev.flotilla.raftstore.store;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Invariants;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.peer.Peer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The peers of a store, by region and by range. Invariant: ranges never overlap. */
final class RegionTable {
  private final Map<Long, Peer> byRegion = new LinkedHashMap<>();

  /** By start key. */
  private final NavigableMap<ByteString, Peer> byStart =
      new TreeMap<>(ByteString.unsignedLexicographicalComparator());

  void add(Peer peer) {
    Region region = peer.region();
    Map.Entry<ByteString, Peer> before = byStart.floorEntry(region.getStartKey());
    Map.Entry<ByteString, Peer> after = byStart.higherEntry(region.getStartKey());
    Invariants.check(
        (before == null || endsBy(before.getValue().region(), region.getStartKey()))
            && (after == null || endsBy(region, after.getKey())),
        "region overlaps another one: " + region.getId());
    Peer replaced = byRegion.put(region.getId(), peer);
    Invariants.check(replaced == null, "region is here already: " + region.getId());
    byStart.put(region.getStartKey(), peer);
  }

  private static boolean endsBy(Region region, ByteString key) {
    return !region.getEndKey().isEmpty() && Regions.compare(region.getEndKey(), key) <= 0;
  }

  @Nullable Peer get(long regionId) {
    return byRegion.get(regionId);
  }

  /** The region beside {@code region}: the one after it, else the one before it, else null. */
  @Nullable Region neighbour(Region region) {
    Map.Entry<ByteString, Peer> beside = byStart.higherEntry(region.getStartKey());
    if (beside == null) {
      beside = byStart.lowerEntry(region.getStartKey());
    }
    return beside == null ? null : beside.getValue().region();
  }

  Collection<Peer> peers() {
    return byRegion.values();
  }
}
