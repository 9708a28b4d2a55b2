package dev.flotilla.pd;

import dev.flotilla.proto.cluster.JoinRequest;
import dev.flotilla.proto.cluster.JoinResponse;
import dev.flotilla.proto.metapb.NodeState;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who becomes a store of the cluster. On the driver's thread. */
final class Admission {
  private final long clusterId;
  private final String sharedSettings;
  private final StoreRecords records;

  /** Incarnations of nodes that are being let in. */
  private final Set<Long> joining = new HashSet<>();

  /**
   * @param clusterId the cluster
   * @param sharedSettings what all stores must have set alike
   * @param records which take the new stores in
   */
  Admission(long clusterId, String sharedSettings, StoreRecords records) {
    this.clusterId = clusterId;
    this.sharedSettings = sharedSettings;
    this.records = records;
  }

  /**
   * Makes a node a store. The same incarnation is always given the same one, unless that one is
   * gone, or has another name, and its node never came to serve: whoever asks is not it yet.
   */
  void admit(ActiveDriver driver, JoinRequest request, Answer<JoinResponse> answer) {
    if (!isAnswered(driver, request, answer)) {
      letIn(driver, request, answer);
    }
  }

  /** Answers a node that is a store already, or cannot be one; gives whether it is either. */
  private boolean isAnswered(
      ActiveDriver driver, JoinRequest request, Answer<JoinResponse> answer) {
    Store own = own(driver, request);
    if (own != null && !isUseless(own, request.getStore())) {
      answer.done(joined(own.getId()));
      return true;
    }
    String conflict = conflict(driver, request);
    if (conflict != null) {
      refuse(conflict, answer);
    }
    return conflict != null;
  }

  /** The store that was given to the node that asks, or null. */
  private static @Nullable Store own(ActiveDriver driver, JoinRequest request) {
    Long known = driver.stores().ofIncarnation(request.getIncarnation());
    return known == null ? null : driver.stores().latest(known);
  }

  /** Whether the node could not register as the store that it was given. */
  private boolean isUseless(Store own, Store wanted) {
    return own.getState() == StoreState.Tombstone
        ? own.getNewcomer()
        : Stores.conflict(own, wanted, null) != null && records.givesWay(own, wanted);
  }

  /** Why the node cannot be let in, or null. */
  private @Nullable String conflict(ActiveDriver driver, JoinRequest request) {
    Store wanted = request.getStore();
    Store neighbour = records.standing(driver.stores().atAddress(wanted), wanted);
    if (neighbour != null) {
      return onRecord(neighbour, "at this address", "another address");
    }
    Store namesake = records.standing(driver.stores().ofNode(wanted), wanted);
    return namesake == null
        ? settingsConflict(request.getSharedSettings())
        : onRecord(
            namesake, "as that of " + namesake.getNodeName(), "another name and certificate");
  }

  /** What is wrong with the settings that all stores must share, or null. */
  @Nullable String settingsConflict(String settings) {
    return settings.equals(sharedSettings)
        ? null
        : "settings that all stores must share differ: the cluster has "
            + sharedSettings
            + ", this node "
            + settings;
  }

  private static String onRecord(Store other, String how, String instead) {
    return "store %d is on record %s, so that this folder looks like a wiped one: delete that store"
        .concat(" first (flotilla ctl store delete %d) and wait until others have its replicas,")
        .concat(" or use %s, as you must where none can take them")
        .formatted(other.getId(), how, other.getId(), instead);
  }

  /** One at a time for each node, as it asks again before it is on record. */
  private void letIn(ActiveDriver driver, JoinRequest request, Answer<JoinResponse> answer) {
    long incarnation = request.getIncarnation();
    if (!joining.add(incarnation)) {
      answer.unavailable("this node is being let in");
      return;
    }
    allocateStore(
        driver,
        request,
        Answer.of(
            response -> {
              joining.remove(incarnation);
              answer.done(response);
            },
            reason -> {
              joining.remove(incarnation);
              answer.unavailable(reason);
            }));
  }

  private void refuse(String reason, Answer<JoinResponse> answer) {
    answer.done(JoinResponse.newBuilder().setClusterId(clusterId).setRefusal(reason).build());
  }

  private void allocateStore(
      ActiveDriver driver, JoinRequest request, Answer<JoinResponse> answer) {
    driver.allocate(1, Answer.of(id -> record(driver, request, id, answer), answer::unavailable));
  }

  private void record(
      ActiveDriver driver, JoinRequest request, long id, Answer<JoinResponse> answer) {
    // Others may have come while the id was waited for.
    if (isAnswered(driver, request, answer)) {
      return;
    }
    Store store =
        request.getStore().toBuilder()
            .setId(id)
            .setState(StoreState.Up)
            .setNodeState(NodeState.Serving)
            .setNewcomer(true)
            .build();
    Set<Store> displaced = new LinkedHashSet<>(driver.stores().atAddress(store));
    displaced.addAll(driver.stores().ofNode(store));
    Store own = own(driver, request);
    if (own != null && own.getState() != StoreState.Tombstone) {
      displaced.add(own);
    }
    records.add(
        driver,
        request.getIncarnation(),
        store,
        displaced,
        new Answer<>() {
          @Override
          public void done(Long added) {
            answer.done(joined(added));
          }

          @Override
          public void unavailable(String reason) {
            answer.unavailable(reason);
          }

          @Override
          public void refused(String reason) {
            refuse(reason, answer);
          }
        });
  }

  private JoinResponse joined(long storeId) {
    return JoinResponse.newBuilder().setClusterId(clusterId).setStoreId(storeId).build();
  }
}
