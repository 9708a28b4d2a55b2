package dev.flotilla.sim.cluster;

import dev.flotilla.coprocessor.api.AppliedQuery;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.CmdBatch;
import dev.flotilla.coprocessor.api.KeyRange;
import dev.flotilla.coprocessor.api.RegionData;
import dev.flotilla.coprocessor.api.RegionView;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A copy of a store's data that is kept by nothing but the batches that observers are shown, and by
 * the regions' data where these say that something is missing. Must be what the store has.
 */
final class FollowedData {
  /** Batches between two looks at all data of a region. */
  private static final int COMPARE_EVERY = 64;

  private static final KeyRange ALL = new KeyRange(Bytes.empty(), Bytes.empty());

  /** A region's pairs as of a position of its log. */
  private static final class Copy {
    final NavigableMap<Bytes, Bytes> pairs = new TreeMap<>();
    long index;
  }

  private final World world;
  private final Map<Long, Copy> copies = new HashMap<>();
  private int taken;

  FollowedData(World world) {
    this.world = world;
  }

  void take(CmdBatch batch) {
    Copy copy = copies.computeIfAbsent(batch.region().id(), unseen -> new Copy());
    long before = batch.after();
    for (AppliedQuery write : batch.writes()) {
      Violation.check(
          write.index() > before && write.index() <= batch.last(),
          "observers: write %d of region %d came in a batch after %d up to %d",
          write.index(),
          batch.region().id(),
          before,
          batch.last());
      before = write.index();
    }
    if (batch.last() <= copy.index) {
      world.tally().add("batch seen before");
      return;
    }
    if (batch.after() > copy.index) {
      reload(copy, batch);
    } else {
      world.tally().add("batch followed");
      batch.writes().forEach(write -> apply(copy.pairs, write));
      cut(copy.pairs, batch.region());
      copy.index = batch.last();
    }
    if (++taken % COMPARE_EVERY == 0) {
      compare(copy, batch);
    }
  }

  /** Something is missing: takes what is there. */
  private void reload(Copy copy, CmdBatch batch) {
    RegionData data = batch.data();
    if (data == null) {
      return;
    }
    Violation.check(
        data.index() >= batch.last(),
        "observers: data of region %d as of %d is shown with what goes up to %d",
        batch.region().id(),
        data.index(),
        batch.last());
    world.tally().add("batch with data taken");
    copy.pairs.clear();
    copy.pairs.putAll(pairs(data));
    copy.index = data.index();
  }

  private void compare(Copy copy, CmdBatch batch) {
    RegionData data = batch.data();
    if (data == null || data.index() != copy.index || world.watch().isRotten()) {
      return;
    }
    world.tally().add("copy compared");
    NavigableMap<Bytes, Bytes> stored = pairs(data);
    Violation.check(
        stored.equals(copy.pairs),
        "observers: followed region %d to %s, but it is %s at %d",
        batch.region().id(),
        copy.pairs,
        stored,
        copy.index);
  }

  private static NavigableMap<Bytes, Bytes> pairs(RegionData data) {
    NavigableMap<Bytes, Bytes> pairs = new TreeMap<>();
    data.scan(
        ALL,
        (key, value) -> {
          pairs.put(key, value);
          return true;
        });
    return pairs;
  }

  private static void apply(NavigableMap<Bytes, Bytes> pairs, AppliedQuery write) {
    for (int i = 0; i < write.size(); i++) {
      switch (write.kind(i)) {
        case PUT, COMPARE_AND_SWAP -> pairs.put(write.key(i), write.value(i));
        case DELETE -> pairs.remove(write.key(i));
        case DELETE_RANGE -> range(pairs, write.key(i), write.endKey(i)).clear();
        default -> {
          // Looks only.
        }
      }
    }
  }

  private static Map<Bytes, Bytes> range(NavigableMap<Bytes, Bytes> pairs, Bytes start, Bytes end) {
    return end.isEmpty() ? pairs.tailMap(start) : pairs.subMap(start, end);
  }

  /** What a split took away. */
  private static void cut(NavigableMap<Bytes, Bytes> pairs, RegionView region) {
    pairs.headMap(region.startKey()).clear();
    if (!region.endKey().isEmpty()) {
      pairs.tailMap(region.endKey()).clear();
    }
  }

  void forget(long regionId) {
    copies.remove(regionId);
  }
}
