package dev.flotilla.server;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Comparison;
import dev.flotilla.raftstore.store.RegionStatus;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HexFormat;

/** A replica as JSON; keys in hex, as they need not be text. */
final class RegionJson {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private RegionJson() {}

  static JsonObject of(RegionStatus status) {
    Region region = status.region();
    JsonArray peers = new JsonArray();
    for (Peer peer : region.getPeersList()) {
      JsonObject described =
          new JsonObject()
              .put("id", peer.getId())
              .put("store_id", peer.getStoreId())
              .put("role", peer.getRole().name());
      peers.add(peer.getQuarantined() ? described.put("quarantined", true) : described);
    }
    JsonObject described = new JsonObject()
        .put("id", region.getId())
        .put("start_key", hex(region.getStartKey()))
        .put("end_key", hex(region.getEndKey()))
        .put(
            "epoch",
            new JsonObject()
                .put("conf_ver", region.getRegionEpoch().getConfVer())
                .put("version", region.getRegionEpoch().getVersion()))
        .put("peers", peers)
        .put("peer_id", status.peerId())
        .put("leader", status.leader())
        .put("serving", status.serving())
        .put("quarantined", status.quarantined())
        .put("disputed", region.getDisputed())
        .put("term", status.term())
        .put("first_index", status.firstIndex())
        .put("applied_index", status.appliedIndex())
        .put("last_index", status.lastIndex());
    Comparison comparison = status.comparison();
    return comparison.index() == 0
        ? described
        : described.put(
            "comparison",
            new JsonObject()
                .put("index", comparison.index())
                .put("alike", comparison.alike())
                .put("differing", comparison.differing())
                .put("silent", comparison.silent()));
  }

  private static String hex(ByteString key) {
    return HEX.formatHex(key.toByteArray());
  }
}
