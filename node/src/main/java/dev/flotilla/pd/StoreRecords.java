package dev.flotilla.pd;

import dev.flotilla.proto.metapb.NodeState;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import java.util.List;

/**
 * Changes of what is on record of the stores. Each builds upon what is on its way to be durable, so
 * that none is lost to another of the same moment. On the driver's thread.
 */
final class StoreRecords {
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
   * Brings a store's record up to date. Its name stays once it has one, for by it others know who
   * may speak for the store; the caller sees to it that the name is the sender's.
   */
  void renew(ActiveDriver driver, Store store, Answer<Store> answer) {
    Store known = driver.stores().latest(store.getId());
    if (known == null) {
      answer.unavailable("there is no store " + store.getId());
      return;
    }
    if (known.getState() == StoreState.Tombstone) {
      answer.refused("store " + store.getId() + " was taken out of the cluster for good");
      return;
    }
    String conflict = Stores.conflict(known, store, driver.stores().ofNode(store));
    if (conflict != null) {
      answer.refused(
          conflict
              + "; a store keeps the name of its node (node.name, or the first name of the"
              + " certificate) for as long as it has its data");
      return;
    }
    put(driver, Stores.renewed(store, known), answer);
  }

  /**
   * Sets what is to become of a store, as {@link PlacementDriver#setStoreState} says. An offline
   * store that is to become a tombstone is marked as being removed.
   */
  void setState(ActiveDriver driver, long storeId, StoreState state, Answer<Store> answer) {
    Store known = driver.stores().latest(storeId);
    if (known == null) {
      answer.unavailable("there is no store " + storeId);
      return;
    }
    if (known.getState() == StoreState.Tombstone && state != StoreState.Tombstone) {
      answer.refused("store " + storeId + " was taken out for good");
      return;
    }
    Store.Builder record = known.toBuilder().setState(state).setNodeState(NodeState.Serving);
    if (state == StoreState.Tombstone && isEmpty(storeId)) {
      record.setNodeState(NodeState.Removed);
    } else if (state == StoreState.Tombstone) {
      record.setState(StoreState.Offline).setNodeState(NodeState.Removing);
    }
    put(driver, record.build(), answer);
  }

  /** Whether no region has a replica there, as all of them have said. */
  private boolean isEmpty(long storeId) {
    return regions.replicasOn(storeId) == 0 && regions.isTiled();
  }

  /** Stores that were to go and have nothing left are gone. */
  void buryEmpty(ActiveDriver driver) {
    for (Store store : driver.stores().all()) {
      if (store.getState() == StoreState.Offline
          && store.getNodeState() == NodeState.Removing
          && store.getId() != selfId
          && isEmpty(store.getId())) {
        setState(driver, store.getId(), StoreState.Tombstone, Answer.ignored());
      }
    }
  }

  private static void put(ActiveDriver driver, Store record, Answer<Store> answer) {
    driver.stores().onProposed(record);
    driver.update(
        List.of(SystemRegion.put(Records.storeKey(record.getId()), record.toByteString())),
        () -> {
          driver.stores().put(record);
          answer.done(record);
        },
        answer);
  }
}
