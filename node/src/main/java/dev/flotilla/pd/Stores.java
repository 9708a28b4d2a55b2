package dev.flotilla.pd;

import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import dev.flotilla.proto.pdpb.StoreStats;
import dev.flotilla.raftstore.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The stores of the cluster: what is on record of them, and how they said they are. A driver that
 * has just begun counts silence from then on.
 */
final class Stores {
  /** Silence after which a store gets no new replicas and no leaders. */
  private static final long DISCONNECTED_NANOS = Duration.ofSeconds(30).toNanos();

  /** The part of its disk that a store keeps for what its replicas grow by; a fifth, as in PD. */
  private static final long SPARE_PART = 5;

  /** That is enough, however large the disk: room for a hundred regions. */
  private static final long SPARE_BYTES = 10L << 30;

  private final Clock clock;
  private final long downNanos;
  private final Map<Long, Store> records;

  /** Records as they will be once all that was asked for is durable. */
  private final Map<Long, Store> latest;

  private final Map<Long, Long> incarnations;
  private final Map<Long, Long> heardNanos = new HashMap<>();
  private final Map<Long, StoreStats> stats = new HashMap<>();

  /** How many labels two stores have in common, by both; for the records as they are. */
  private final Map<Long, Map<Long, Integer>> sharedLabels = new HashMap<>();

  /**
   * @param downNanos silence after which a store's replicas are replaced
   */
  Stores(Clock clock, long downNanos, Map<Long, Store> records, Map<Long, Long> incarnations) {
    this.clock = clock;
    this.downNanos = downNanos;
    this.records = new TreeMap<>(records);
    this.latest = new TreeMap<>(records);
    this.incarnations = new HashMap<>(incarnations);
    for (Long id : records.keySet()) {
      heardNanos.put(id, clock.nanos());
    }
  }

  Collection<Store> all() {
    return List.copyOf(records.values());
  }

  @Nullable Store find(long storeId) {
    return records.get(storeId);
  }

  /**
   * As {@link #find}, or what is on its way to be on record: the next change is one of that. If it
   * does not get there this driver is over.
   */
  @Nullable Store latest(long storeId) {
    return latest.get(storeId);
  }

  /** {@code store} is about to be put on record. */
  void onProposed(Store store) {
    latest.put(store.getId(), store);
  }

  /** The store that was given to this incarnation, or null. */
  @Nullable Long ofIncarnation(long incarnation) {
    return incarnations.get(incarnation);
  }

  /** Other stores that are, or soon will be, on record at one of these addresses. */
  List<Store> atAddress(Store wanted) {
    return others(
        wanted,
        store ->
            store.getAddress().equals(wanted.getAddress())
                || store.getPeerAddress().equals(wanted.getPeerAddress()));
  }

  /** Other stores whose node has, or soon will have, this name on record. */
  List<Store> ofNode(Store wanted) {
    return others(
        wanted,
        store ->
            !wanted.getNodeName().isEmpty() && store.getNodeName().equals(wanted.getNodeName()));
  }

  private List<Store> others(Store wanted, Predicate<Store> alike) {
    return latest.values().stream()
        .filter(store -> store.getId() != wanted.getId())
        .filter(store -> store.getState() != StoreState.Tombstone)
        .filter(alike)
        .toList();
  }

  /**
   * Why a store may not be given this record, or null. By the name others know who speaks for a
   * store: it stays once there is one, and is that of one store.
   */
  static @Nullable String conflict(Store known, Store wanted, @Nullable Store namesake) {
    String name = wanted.getNodeName();
    if (name.isEmpty() || name.equals(known.getNodeName())) {
      return null;
    } else if (!known.getNodeName().isEmpty()) {
      return "store %d is that of %s, and this node is %s"
          .formatted(known.getId(), known.getNodeName(), name);
    } else if (namesake != null) {
      return "store %d is that of %s already".formatted(namesake.getId(), name);
    }
    return null;
  }

  /**
   * {@code store} as its node says it is, with what is not for the node to say: what is to become
   * of it, and the name that is on record, if it has none itself. It is no newcomer any more.
   */
  static Store renewed(Store store, Store known) {
    Store.Builder renewed =
        store.toBuilder()
            .setState(known.getState())
            .setNodeState(known.getNodeState())
            .clearNewcomer();
    return store.getNodeName().isEmpty()
        ? renewed.setNodeName(known.getNodeName()).build()
        : renewed.build();
  }

  void put(Store store) {
    sharedLabels.clear();
    records.put(store.getId(), store);
    latest.putIfAbsent(store.getId(), store);
    heardNanos.put(store.getId(), clock.nanos());
  }

  void putIncarnation(long incarnation, long storeId) {
    incarnations.put(incarnation, storeId);
  }

  /** What the nodes drew that were given these stores. */
  List<Long> incarnationsOf(Set<Long> storeIds) {
    return incarnations.entrySet().stream()
        .filter(given -> storeIds.contains(given.getValue()))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  /** These are about to be forgotten. */
  void onRemoving(Set<Long> storeIds) {
    latest.keySet().removeAll(storeIds);
  }

  void remove(Set<Long> storeIds) {
    sharedLabels.clear();
    records.keySet().removeAll(storeIds);
    heardNanos.keySet().removeAll(storeIds);
    stats.keySet().removeAll(storeIds);
    incarnations.values().removeAll(storeIds);
  }

  void onHeartbeat(StoreStats heard) {
    if (records.containsKey(heard.getStoreId())) {
      heardNanos.put(heard.getStoreId(), clock.nanos());
      stats.put(heard.getStoreId(), heard);
    }
  }

  /** How many labels, such as host and zone, two stores have in common. */
  int sharedLabels(long storeId, long otherId) {
    // Asked for each region and store, several times a second.
    return sharedLabels
        .computeIfAbsent(storeId, one -> new HashMap<>())
        .computeIfAbsent(otherId, other -> countShared(storeId, other));
  }

  private int countShared(long storeId, long otherId) {
    Store store = records.get(storeId);
    Store other = records.get(otherId);
    return store == null || other == null
        ? 0
        : (int) store.getLabelsList().stream().filter(other.getLabelsList()::contains).count();
  }

  /** What the store last said, or null. */
  @Nullable StoreStats stats(long storeId) {
    return stats.get(storeId);
  }

  /** Whether the store may be given replicas and leaders: not before it was heard of. */
  boolean isUsable(long storeId) {
    Store store = records.get(storeId);
    return store != null
        && store.getState() == StoreState.Up
        && !store.getNewcomer()
        && isConnected(storeId);
  }

  /** Whether the store may be given another replica: it must have space for it, too. */
  boolean takesReplicas(long storeId) {
    return isUsable(storeId) && !isShortOfSpace(storeId);
  }

  /** Whether little is left of the store's disk, as far as it has said. */
  boolean isShortOfSpace(long storeId) {
    StoreStats said = stats.get(storeId);
    return said != null && said.getAvailable() < littleSpace(said);
  }

  /**
   * Whether so little is left that replicas are to leave: half of what is little. Between the two
   * none come and none go, or those that have left would come back for evenness.
   */
  boolean isToBeRelieved(long storeId) {
    StoreStats said = stats.get(storeId);
    return said != null && said.getAvailable() < littleSpace(said) / 2;
  }

  /** Whether more than little would be left of the store's disk with so much more on it. */
  boolean hasSpaceFor(long storeId, long bytes) {
    StoreStats said = stats.get(storeId);
    return said == null || said.getAvailable() - bytes >= littleSpace(said);
  }

  private static long littleSpace(StoreStats said) {
    return Math.min(said.getCapacity() / SPARE_PART, SPARE_BYTES);
  }

  /** How much the store is in need of space: 0 for not, 2 when it takes no new data. */
  int needOfSpace(long storeId) {
    if (!isShortOfSpace(storeId)) {
      return 0;
    }
    StoreStats said = stats.get(storeId);
    return said != null && said.getAvailable() == 0 ? 2 : 1;
  }

  /** Whether the store was heard of lately, wanted or not. */
  boolean isConnected(long storeId) {
    return silence(storeId) < DISCONNECTED_NANOS;
  }

  /** Whether the store's replicas are to be put elsewhere. */
  boolean isLeaving(long storeId) {
    Store store = records.get(storeId);
    return store == null || store.getState() != StoreState.Up || silence(storeId) >= downNanos;
  }

  /** Nanoseconds since the store was last heard of. */
  long silence(long storeId) {
    Long heard = heardNanos.get(storeId);
    return heard == null ? Long.MAX_VALUE : clock.nanos() - heard;
  }
}
