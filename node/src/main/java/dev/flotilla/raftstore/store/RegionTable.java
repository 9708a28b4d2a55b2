package dev.flotilla.raftstore.store;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Invariants;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.peer.Peer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The peers of a store, by region and by range. Invariant: ranges never overlap; a peer that does
 * not know its range has none.
 */
final class RegionTable {
  private final Map<Long, Peer> byRegion = new LinkedHashMap<>();

  /** By start key. */
  private final NavigableMap<ByteString, Peer> byStart =
      new TreeMap<>(ByteString.unsignedLexicographicalComparator());

  void add(Peer peer) {
    Peer replaced = byRegion.put(peer.region().getId(), peer);
    Invariants.check(replaced == null, "region is here already: " + peer.region().getId());
    if (peer.isInitialized()) {
      addRange(peer);
    }
  }

  private void addRange(Peer peer) {
    Region region = peer.region();
    Invariants.check(
        overlapping(region.getStartKey(), region.getEndKey()).isEmpty(),
        "region overlaps another one: " + region.getId());
    byStart.put(region.getStartKey(), peer);
  }

  /** Takes a peer out; its range is free from here on. */
  void remove(Peer peer) {
    byRegion.remove(peer.region().getId(), peer);
    removeRange(peer, peer.region());
  }

  private void removeRange(Peer peer, Region region) {
    if (Regions.isInitialized(region)) {
      byStart.remove(region.getStartKey(), peer);
    }
  }

  /** The peer's region is not {@code before} any more. */
  void update(Peer peer, Region before) {
    removeRange(peer, before);
    addRange(peer);
  }

  /** Frees a range whose peers are about to be given new ones. */
  void release(Peer peer) {
    removeRange(peer, peer.region());
  }

  /** Peers whose range has a key in {@code [start, end)}; an empty end is no bound. */
  List<Peer> overlapping(ByteString start, ByteString end) {
    Map.Entry<ByteString, Peer> before = byStart.lowerEntry(start);
    List<Peer> found = new ArrayList<>();
    if (before != null && !endsBy(before.getValue().region(), start)) {
      found.add(before.getValue());
    }
    NavigableMap<ByteString, Peer> from = byStart.tailMap(start, true);
    found.addAll((end.isEmpty() ? from : from.headMap(end, false)).values());
    return found;
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
    return Collections.unmodifiableCollection(byRegion.values());
  }
}
