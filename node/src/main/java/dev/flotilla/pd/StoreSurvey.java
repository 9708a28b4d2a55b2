package dev.flotilla.pd;

import dev.flotilla.proto.admin.StoreStatus;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import dev.flotilla.proto.pdpb.StoreStats;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Regions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How stores are, for people. On the driver's thread. */
final class StoreSurvey {
  private final ActiveDriver driver;
  private final RegionTree regions;

  StoreSurvey(ActiveDriver driver, RegionTree regions) {
    this.driver = driver;
    this.regions = regions;
  }

  /** All stores, by id. */
  List<StoreStatus> statuses() {
    return driver.stores().all().stream().map(this::status).toList();
  }

  private StoreStatus status(Store store) {
    long id = store.getId();
    long replicas = regions.replicasOn(id);
    RegionTree.Route system = regions.find(Regions.SYSTEM_REGION_ID);
    if (system != null) {
      replicas -= Regions.peerOn(system.region(), id) == null ? 0 : 1;
    }
    StoreStatus.Builder status =
        StoreStatus.newBuilder()
            .setStore(store)
            .setReplicas(replicas)
            .setLeaders(regions.leadersOn(id))
            .setReason(reason(store));
    StoreStats said = driver.stores().stats(id);
    return said == null
        ? status.build()
        : status
            .setCapacity(said.getCapacity())
            .setAvailable(said.getAvailable())
            .setUsedSize(said.getUsedSize())
            .build();
  }

  private String reason(Store store) {
    if (store.getState() == StoreState.Tombstone) {
      return "";
    } else if (store.getState() == StoreState.Offline) {
      return whyNotEmpty(store);
    } else if (store.getNewcomer()) {
      return "it was let in, but has not been heard of";
    }
    Stores stores = driver.stores();
    if (!stores.isConnected(store.getId())) {
      Duration silence = Duration.ofNanos(stores.silence(store.getId()));
      return "it has not been heard of for " + silence.toSeconds() + " s";
    }
    return switch (stores.needOfSpace(store.getId())) {
      case 0 -> whoIsThereToo(store);
      case 1 ->
          stores.isToBeRelieved(store.getId())
              ? "space runs out on its disk: its replicas go where there is more, if anywhere"
              : "little space is left on its disk: it is given no more replicas";
      default ->
          "its disk is almost full: it takes no new data, and its replicas go where there is more"
              + " space, if anywhere";
    };
  }

  private String whoIsThereToo(Store store) {
    List<Store> neighbours = driver.stores().atAddress(store);
    return neighbours.isEmpty()
        ? ""
        : "it says that it is where store %d is: who calls one may find the other"
            .formatted(neighbours.get(0).getId());
  }

  /** Why a store that is to be empty will not be, as things are now. */
  private String whyNotEmpty(Store store) {
    if (!regions.isTiled()) {
      return "not all regions are known yet: some may have no leader";
    }
    long stuck = 0;
    long disputed = 0;
    long leaderless = 0;
    boolean isSystemStuck = false;
    for (PlacementTask.Leads leads : regions.all()) {
      if (Regions.peerOn(leads.region(), store.getId()) == null) {
        continue;
      }
      if (leads.region().getDisputed()) {
        disputed++;
      } else if (!hasLeader(leads)) {
        leaderless++;
      } else if (driver.operators().isStuck(leads.region(), store.getId())) {
        isSystemStuck |= Regions.isSystem(leads.region());
        stuck += Regions.isSystem(leads.region()) ? 0 : 1;
      }
    }
    List<String> held = new ArrayList<>();
    if (stuck > 0) {
      held.add("its replica of " + counted(stuck));
    }
    if (isSystemStuck) {
      held.add("its replica of the placement driver's data");
    }
    List<String> reasons = new ArrayList<>();
    if (!held.isEmpty()) {
      reasons.add("no other store can take " + String.join(" and ", held));
    }
    if (disputed > 0) {
      reasons.add("it has a replica of " + counted(disputed) + " in dispute");
    }
    if (leaderless > 0) {
      reasons.add("it has a replica of " + counted(leaderless) + " without a leader");
    }
    return String.join(", ", reasons);
  }

  /**
   * Whether the region is led, as far as is known: not from a store that is silent, nor without
   * most of its voters. Such a region does nothing that it is told.
   */
  private boolean hasLeader(PlacementTask.Leads leads) {
    int voters = 0;
    int heard = 0;
    for (Peer peer : leads.region().getPeersList()) {
      if (peer.getRole() != PeerRole.Learner) {
        voters++;
        heard += driver.stores().isConnected(peer.getStoreId()) ? 1 : 0;
      }
    }
    return driver.stores().isConnected(leads.leader().getStoreId()) && heard > voters / 2;
  }

  private static String counted(long regions) {
    return regions == 1 ? "1 region" : regions + " regions";
  }
}
