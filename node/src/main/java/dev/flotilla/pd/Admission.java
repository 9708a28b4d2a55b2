package dev.flotilla.pd;

import dev.flotilla.proto.cluster.JoinRequest;
import dev.flotilla.proto.cluster.JoinResponse;
import dev.flotilla.proto.metapb.NodeState;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who becomes a store of the cluster. On the driver's thread. */
final class Admission {
  private final long clusterId;
  private final String sharedSettings;

  /** Incarnations of nodes that are being let in. */
  private final Set<Long> joining = new HashSet<>();

  /**
   * @param clusterId the cluster
   * @param sharedSettings what all stores must have set alike
   */
  Admission(long clusterId, String sharedSettings) {
    this.clusterId = clusterId;
    this.sharedSettings = sharedSettings;
  }

  /** Makes a node a store. The same incarnation is always given the same one. */
  void admit(ActiveDriver driver, JoinRequest request, Answer<JoinResponse> answer) {
    Long known = driver.stores().ofIncarnation(request.getIncarnation());
    if (known != null) {
      answer.done(joined(known));
      return;
    }
    String objection = objection(driver, request);
    if (objection != null) {
      refuse(objection, answer);
    } else {
      letIn(driver, request, answer);
    }
  }

  /** Why the node is not let in, or null. */
  private @Nullable String objection(ActiveDriver driver, JoinRequest request) {
    Store neighbour = driver.stores().atAddress(request.getStore());
    if (neighbour != null) {
      return onRecord(neighbour, "at this address", "another address");
    }
    Store namesake = driver.stores().ofNode(request.getStore());
    return namesake != null
        ? onRecord(namesake, "as that of " + namesake.getNodeName(), "another name and certificate")
        : settingsConflict(request.getSharedSettings());
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
        .concat(" first (flotilla ctl store delete %d), or use %s")
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
    String objection = objection(driver, request);
    if (objection != null) {
      // Another one was let in while the id was waited for.
      refuse(objection, answer);
      return;
    }
    Store store =
        request.getStore().toBuilder()
            .setId(id)
            .setState(StoreState.Up)
            .setNodeState(NodeState.Serving)
            .build();
    driver.stores().onProposed(store);
    driver.update(
        List.of(
            SystemRegion.put(Records.incarnationKey(request.getIncarnation()), Records.number(id)),
            SystemRegion.put(Records.storeKey(id), store.toByteString())),
        () -> {
          driver.stores().putIncarnation(request.getIncarnation(), id);
          driver.stores().put(store);
          answer.done(joined(id));
        },
        answer);
  }

  private JoinResponse joined(long storeId) {
    return JoinResponse.newBuilder().setClusterId(clusterId).setStoreId(storeId).build();
  }
}
