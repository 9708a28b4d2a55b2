package dev.flotilla.server;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Comparison;
import dev.flotilla.raftstore.store.RegionStatus;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** Regions as JSON, the same wherever they are told of. */
public final class RegionJson {
  private RegionJson() {}

  /**
   * A region.
   *
   * @param leader without an id when nobody is known to lead
   */
  public static JsonObject of(Region region, Peer leader) {
    JsonArray peers = new JsonArray();
    region.getPeersList().forEach(peer -> peers.add(of(peer)));
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
            .put("leader", of(leader))
            .put("peers", peers);
    return region.getDisputed() ? described.put("disputed", true) : described;
  }

  private static JsonObject of(Peer peer) {
    JsonObject described =
        new JsonObject().put("id", peer.getId()).put("storeId", peer.getStoreId());
    if (peer.getRole() != PeerRole.Voter) {
      described.put("role", peer.getRole().name());
    }
    return peer.getQuarantined() ? described.put("quarantined", true) : described;
  }

  /** One replica, and its region as it sees it. */
  static JsonObject of(RegionStatus status) {
    JsonObject described =
        of(Edge.out(status.region()), status.leader())
            .put("peerId", status.peerId())
            .put("leading", status.leading())
            .put("serving", status.serving())
            .put("quarantined", status.quarantined())
            .put("hibernating", status.hibernating())
            .put("term", status.term())
            .put("firstIndex", status.firstIndex())
            .put("appliedIndex", status.appliedIndex())
            .put("lastIndex", status.lastIndex());
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

  /** Text where it is text; other bytes, and the backslash itself, as {@code \xHH}. */
  public static String text(ByteString bytes) {
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
