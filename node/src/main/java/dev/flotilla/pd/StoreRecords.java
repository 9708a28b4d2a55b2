package dev.flotilla.pd;

import dev.flotilla.proto.metapb.NodeState;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import dev.flotilla.proto.pdpb.StoreStats;
import dev.flotilla.proto.raft_cmdpb.Request;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Changes of what is on record of the stores. Each builds upon what is on its way to be durable, so
 * that none is lost to another of the same moment. On the driver's thread.
 */
final class StoreRecords {
  /** Tombstones that one command may remove: with a hundred bytes each it is no long one. */
  private static final int REMOVED_AT_ONCE_MAX = 4096;

  private final long selfId;
  private final RegionTree regions;

  /**
   * @param selfId this node's store
   * @param regions which say what a store still has
   */
  StoreRecords(long selfId, RegionTree regions) {
    this.selfId = selfId;
    this.regions = regions;
  }

  /**
   * Whether a record does not stand against {@code wanted}: its node was let in and never heard of
   * since, so that nothing is lost with it.
   */
  boolean givesWay(Store record, Store wanted) {
    return record.getNewcomer()
        && regions.replicasOn(record.getId()) == 0
        // What was long on its way must not displace whoever came after it.
        && record.getStartTimestamp() <= wanted.getStartTimestamp();
  }

  /** The first of {@code others} that does not give way, or null. */
  @Nullable Store standing(List<Store> others, Store wanted) {
    for (Store other : others) {
      if (!givesWay(other, wanted)) {
        return other;
      }
    }
    return null;
  }

  /**
   * Puts a store that is being let in on record, and buries those that give way to it.
   *
   * @param answer given the store's id
   */
  void add(
      ActiveDriver driver,
      long incarnation,
      Store store,
      Collection<Store> displaced,
      Answer<Long> answer) {
    long id = store.getId();
    put(
        driver,
        with(displaced, store),
        List.of(SystemRegion.put(Records.incarnationKey(incarnation), Records.number(id))),
        () -> {
          driver.stores().putIncarnation(incarnation, id);
          answer.done(id);
        },
        answer);
  }

  /** A store has said how it is. With the first word it is a newcomer no more. */
  void onHeartbeat(ActiveDriver driver, StoreStats stats) {
    driver.stores().onHeartbeat(stats);
    Store known = driver.stores().latest(stats.getStoreId());
    if (known != null && known.getNewcomer() && known.getState() != StoreState.Tombstone) {
      put(driver, known.toBuilder().clearNewcomer().build(), List.of(), Answer.ignored());
    }
  }

  /**
   * Brings a store's record up to date. Its name stays once it has one, for by it others know who
   * may speak for the store; the caller sees to it that the name is the sender's.
   */
  void renew(ActiveDriver driver, Store store, Answer<Store> answer) {
    Store known = driver.stores().latest(store.getId());
    if (known == null) {
      // A store is on record before it knows its id.
      answer.refused(
          "store "
              + store.getId()
              + " was taken out of the cluster for good, and forgotten: start with an empty folder to"
              + " join as a new store");
      return;
    }
    if (known.getState() == StoreState.Tombstone) {
      answer.refused("store " + store.getId() + " was taken out of the cluster for good");
      return;
    }
    List<Store> namesakes = driver.stores().ofNode(store);
    String conflict = Stores.conflict(known, store, standing(namesakes, store));
    if (conflict != null) {
      answer.refused(
          conflict
              + "; a store keeps the name of its node (node.name, or the first name of the"
              + " certificate) for as long as it has its data");
      return;
    }
    put(
        driver,
        Stores.renewed(store, known),
        namesakes.stream().filter(other -> givesWay(other, store)).toList(),
        answer);
  }

  /**
   * Sets what is to become of a store, as {@link PlacementDriver#setStoreState} says. An offline
   * store that is to become a tombstone is marked as being removed.
   */
  void setState(ActiveDriver driver, long storeId, StoreState state, Answer<Store> answer) {
    Store known = driver.stores().latest(storeId);
    if (known == null) {
      answer.refused("there is no store " + storeId);
      return;
    }
    if (state == StoreState.UNRECOGNIZED) {
      // It cannot be put on record, and what a driver throws ends its node.
      answer.refused("there is no such state of a store");
      return;
    }
    if (known.getState() == StoreState.Tombstone) {
      if (state == StoreState.Tombstone) {
        // As it is: whether all regions are known now says nothing of a store that is gone.
        put(driver, known, List.of(), answer);
      } else {
        answer.refused("store " + storeId + " was taken out for good");
      }
      return;
    }
    Store.Builder record = known.toBuilder().setState(state).setNodeState(NodeState.Serving);
    if (state == StoreState.Tombstone && isEmpty(known)) {
      record.setNodeState(NodeState.Removed);
    } else if (state == StoreState.Tombstone) {
      record.setState(StoreState.Offline).setNodeState(NodeState.Removing);
    }
    put(driver, record.build(), List.of(), answer);
  }

  /** Whether no region has a replica there, as all of them have said, or never could have one. */
  private boolean isEmpty(Store store) {
    return regions.replicasOn(store.getId()) == 0 && (store.getNewcomer() || regions.isTiled());
  }

  /** Stores that were to go and have nothing left are gone. */
  void buryEmpty(ActiveDriver driver) {
    for (Store store : driver.stores().all()) {
      if (store.getState() == StoreState.Offline
          && store.getNodeState() == NodeState.Removing
          && store.getId() != selfId
          && isEmpty(store)) {
        setState(driver, store.getId(), StoreState.Tombstone, Answer.ignored());
      }
    }
  }

  /** Forgets stores that are gone, and who their nodes were. Ids are not given again. */
  void removeTombstones(ActiveDriver driver, Answer<List<Long>> answer) {
    removeTombstones(driver, new ArrayList<>(), answer);
  }

  /** A part after the other: there may be more than may be taken off the record at once. */
  private void removeTombstones(
      ActiveDriver driver, List<Long> removed, Answer<List<Long>> answer) {
    Stores stores = driver.stores();
    List<Long> gone =
        stores.all().stream()
            .filter(store -> store.getState() == StoreState.Tombstone)
            .map(Store::getId)
            .filter(id -> regions.replicasOn(id) == 0)
            .toList();
    int count = Math.min(gone.size(), REMOVED_AT_ONCE_MAX);
    List<Request> changes = removal(stores, gone, count);
    while (count > 1 && !driver.takes(changes)) {
      count /= 2;
      changes = removal(stores, gone, count);
    }
    Set<Long> ids = new LinkedHashSet<>(gone.subList(0, count));
    stores.onRemoving(ids);
    driver.update(
        changes,
        () -> {
          stores.remove(ids);
          removed.addAll(ids);
          if (ids.size() == gone.size()) {
            answer.done(removed);
          } else {
            removeTombstones(driver, removed, answer);
          }
        },
        answer);
  }

  /** What takes the first {@code count} of {@code gone} off the record. */
  private static List<Request> removal(Stores stores, List<Long> gone, int count) {
    Set<Long> ids = new LinkedHashSet<>(gone.subList(0, count));
    List<Request> changes = new ArrayList<>();
    ids.forEach(id -> changes.add(SystemRegion.delete(Records.storeKey(id))));
    stores
        .incarnationsOf(ids)
        .forEach(drawn -> changes.add(SystemRegion.delete(Records.incarnationKey(drawn))));
    return changes;
  }

  private static void put(
      ActiveDriver driver, Store record, Collection<Store> displaced, Answer<Store> answer) {
    put(driver, with(displaced, record), List.of(), () -> answer.done(record), answer);
  }

  /**
   * What is to be on record together: those that give way, buried, and who comes in their place.
   */
  private static List<Store> with(Collection<Store> displaced, Store record) {
    List<Store> records = new ArrayList<>();
    for (Store store : displaced) {
      records.add(
          store.toBuilder().setState(StoreState.Tombstone).setNodeState(NodeState.Removed).build());
    }
    records.add(record);
    return records;
  }

  private static void put(
      ActiveDriver driver,
      List<Store> records,
      List<Request> more,
      Runnable then,
      Answer<?> failure) {
    List<Request> puts = new ArrayList<>(more);
    for (Store record : records) {
      puts.add(SystemRegion.put(Records.storeKey(record.getId()), record.toByteString()));
    }
    if (!driver.takes(puts)) {
      failure.refused("what is to be put on record of the store is too large: has it many labels?");
      return;
    }
    records.forEach(driver.stores()::onProposed);
    driver.update(
        puts,
        () -> {
          records.forEach(driver.stores()::put);
          then.run();
        },
        failure);
  }
}
