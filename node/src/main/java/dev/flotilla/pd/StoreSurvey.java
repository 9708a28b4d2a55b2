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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How stores are, for people. On the driver's thread. */
final class StoreSurvey {
  private static final String UNKNOWN_REGIONS =
      "not all regions are known yet: some may have no leader";

  private final ActiveDriver driver;
  private final RegionTree regions;
  private final PlacementRules rules;

  StoreSurvey(ActiveDriver driver, RegionTree regions, PlacementRules rules) {
    this.driver = driver;
    this.regions = regions;
    this.rules = rules;
  }

  /** All stores, by id. */
  List<StoreStatus> statuses() {
    Map<Long, Long> leaderless = leaderless();
    return driver.stores().all().stream()
        .map(store -> status(store, leaderless.getOrDefault(store.getId(), 0L)))
        .toList();
  }

  /** How many regions without a leader each store has a replica of. */
  private Map<Long, Long> leaderless() {
    Map<Long, Long> leaderless = new HashMap<>();
    for (PlacementTask.Leads leads : regions.all()) {
      if (!leads.region().getDisputed() && !hasLeader(leads)) {
        leads
            .region()
            .getPeersList()
            .forEach(peer -> leaderless.merge(peer.getStoreId(), 1L, Long::sum));
      }
    }
    return leaderless;
  }

  private StoreStatus status(Store store, long leaderless) {
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
            .setReason(reason(store, leaderless));
    StoreStats said = driver.stores().stats(id);
    return said == null
        ? status.build()
        : status
            .setCapacity(said.getCapacity())
            .setAvailable(said.getAvailable())
            .setUsedSize(said.getUsedSize())
            .build();
  }

  private String reason(Store store, long leaderless) {
    if (store.getState() == StoreState.Tombstone) {
      return "";
    } else if (store.getState() == StoreState.Offline) {
      return whyNotEmpty(store, leaderless);
    } else if (store.getNewcomer()) {
      return "it was let in, but has not been heard of";
    }
    Stores stores = driver.stores();
    if (!stores.isConnected(store.getId())) {
      Duration silence = Duration.ofNanos(stores.silence(store.getId()));
      return "it has not been heard of for " + silence.toSeconds() + " s";
    }
    List<String> reasons = new ArrayList<>();
    reasons.add(ofItself(store));
    if (!regions.isComplete()) {
      reasons.add(UNKNOWN_REGIONS);
    }
    reasons.add(withoutLeader(leaderless));
    return reasons.stream().filter(reason -> !reason.isEmpty()).collect(Collectors.joining(", "));
  }

  private static String withoutLeader(long regions) {
    return regions == 0 ? "" : "it has a replica of " + counted(regions) + " without a leader";
  }

  /** What is wrong with a store that talks, whatever regions it has. */
  private String ofItself(Store store) {
    Stores stores = driver.stores();
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
  private String whyNotEmpty(Store store, long leaderless) {
    if (!regions.isTiled()) {
      return UNKNOWN_REGIONS;
    }
    long stuck = 0;
    long disputed = 0;
    boolean isSystemStuck = false;
    for (PlacementTask.Leads leads : regions.all()) {
      if (Regions.peerOn(leads.region(), store.getId()) == null) {
        continue;
      }
      if (leads.region().getDisputed()) {
        disputed++;
      } else if (hasLeader(leads) && driver.operators().isStuck(leads.region(), store.getId())) {
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
      reasons.add(withoutLeader(leaderless));
    }
    return String.join(", ", reasons);
  }

  /**
   * Whether the region is led, as far as is known: by one who reports, not from a store that is
   * silent, nor without most of its voters. Any other region does nothing that it is told.
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
    return regions.silence(leads.region().getId()) < rules.leaderLostNanos()
        && driver.stores().isConnected(leads.leader().getStoreId())
        && heard > voters / 2;
  }

  private static String counted(long regions) {
    return regions == 1 ? "1 region" : regions + " regions";
  }
}
