package dev.flotilla.node.ctl;

import dev.flotilla.client.PlacementClient;
import dev.flotilla.proto.admin.StoreStatus;
import dev.flotilla.proto.metapb.NodeState;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import dev.flotilla.proto.pdpb.GetRegionResponse;
import dev.flotilla.server.RegionJson;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Collectors;

/** What the placement driver knows, a row each. */
final class Describe {
  private Describe() {}

  /**
   * The cluster.
   *
   * @param stores all that are on record, also those that are gone
   */
  static JsonObject cluster(PlacementClient placement, List<Store> stores) {
    return new JsonObject()
        .put("clusterId", Long.toUnsignedString(placement.clusterId()))
        .put("driver", placement.members().getLeader().getName())
        .put("url", placement.members().getLeader().getClientUrls(0))
        .put("members", placement.members().getMembersCount())
        .put("stores", stores.stream().filter(store -> !StoreCommand.isTombstone(store)).count());
  }

  static JsonObject store(StoreStatus status) {
    Store store = status.getStore();
    return new JsonObject()
        .put("id", store.getId())
        .put("address", store.getAddress())
        .put("state", store.getState().name())
        .put("nodeState", nodeState(store).name())
        .put("regions", status.getReplicas())
        .put("leaders", status.getLeaders())
        .put("capacity", status.getCapacity())
        .put("available", status.getAvailable())
        .put("used", status.getUsedSize())
        .put("version", store.getVersion())
        .put(
            "labels",
            store.getLabelsList().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.joining(",")))
        .put("reason", status.getReason());
  }

  private static NodeState nodeState(Store store) {
    return store.getNewcomer() && store.getState() != StoreState.Tombstone
        ? NodeState.Preparing
        : store.getNodeState();
  }

  static JsonObject region(GetRegionResponse found, HexOption keys) {
    return region(found.getRegion(), found.getLeader(), keys);
  }

  static JsonObject region(dev.flotilla.proto.pdpb.Region found, HexOption keys) {
    return region(found.getRegion(), found.getLeader(), keys);
  }

  private static JsonObject region(Region region, Peer leader, HexOption keys) {
    return RegionJson.of(region, leader)
        .put("startKey", keys.shown(region.getStartKey()))
        .put("endKey", keys.shown(region.getEndKey()));
  }
}
