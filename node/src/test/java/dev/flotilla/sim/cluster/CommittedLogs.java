package dev.flotilla.sim.cluster;

import dev.flotilla.raft.Entry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Invariant: what one replica takes for committed at an index, all do, for ever. */
final class CommittedLogs {
  private record Known(long term, int hash, int store) {}

  private final Map<Long, Map<Long, Known>> byRegion = new HashMap<>();
  private long entries;

  void onCommitted(int store, long regionId, List<Entry> committed) {
    Map<Long, Known> log = byRegion.computeIfAbsent(regionId, unseen -> new HashMap<>());
    for (Entry entry : committed) {
      Known mine = new Known(entry.term(), entry.data().hashCode(), store);
      Known other = log.putIfAbsent(entry.index(), mine);
      if (other == null) {
        entries++;
      } else if (other.term != mine.term || other.hash != mine.hash) {
        throw new Violation(
            "store %d commits another entry of region %d at %d than store %d: term %d, not %d"
                .formatted(store, regionId, entry.index(), other.store, mine.term, other.term));
      }
    }
  }

  /** Distinct entries so far. */
  long entries() {
    return entries;
  }

  /** The term of the committed entry at an index, 0 when nobody has applied it. */
  long term(long regionId, long index) {
    Known known = byRegion.getOrDefault(regionId, Map.of()).get(index);
    return known == null ? 0 : known.term;
  }
}
