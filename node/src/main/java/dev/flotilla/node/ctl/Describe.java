package dev.flotilla.node.ctl;

import com.google.protobuf.ByteString;
import dev.flotilla.client.PlacementClient;
import dev.flotilla.proto.admin.StoreStatus;
import dev.flotilla.proto.metapb.NodeState;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import dev.flotilla.proto.pdpb.GetRegionResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.stream.Collectors;

/** What the placement driver knows, a row each. */
final class Describe {
  private Describe() {}

  static JsonObject cluster(PlacementClient placement, int stores) {
    return new JsonObject()
        .put("cluster_id", Long.toUnsignedString(placement.clusterId()))
        .put("driver", placement.members().getLeader().getName())
        .put("url", placement.members().getLeader().getClientUrls(0))
        .put("members", placement.members().getMembersCount())
        .put("stores", stores);
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

  static JsonObject region(GetRegionResponse found) {
    return region(found.getRegion(), found.getLeader());
  }

  static JsonObject region(dev.flotilla.proto.pdpb.Region found) {
    return region(found.getRegion(), found.getLeader());
  }

  private static JsonObject region(Region region, Peer leader) {
    JsonArray peers = new JsonArray();
    region.getPeersList().forEach(peer -> peers.add(peer(peer)));
    JsonObject described =
        new JsonObject()
            .put("id", region.getId())
            .put("startKey", text(region.getStartKey()))
            .put("endKey", text(region.getEndKey()))
            .put(
                "epoch",
                new JsonObject()
                    .put("confVer", region.getRegionEpoch().getConfVer())
                    .put("version", region.getRegionEpoch().getVersion()))
            .put("leader", peer(leader))
            .put("peers", peers);
    return region.getDisputed() ? described.put("disputed", true) : described;
  }

  private static JsonObject peer(Peer peer) {
    JsonObject described =
        new JsonObject().put("id", peer.getId()).put("storeId", peer.getStoreId());
    if (peer.getRole() != PeerRole.Voter) {
      described.put("role", peer.getRole().name());
    }
    return peer.getQuarantined() ? described.put("quarantined", true) : described;
  }

  /** Text where it is text; other bytes, and the backslash itself, as {@code \xHH}. */
  static String text(ByteString bytes) {
    if (bytes.isValidUtf8()
        && bytes.toStringUtf8().chars().noneMatch(c -> Character.isISOControl(c) || c == '\\')) {
      return bytes.toStringUtf8();
    }
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      if (b >= ' ' && b < 127 && b != '\\') {
        text.append((char) b);
      } else {
        text.append(String.format("\\x%02X", b));
      }
    }
    return text.toString();
  }
}
