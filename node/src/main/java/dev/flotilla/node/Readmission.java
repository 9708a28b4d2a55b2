package dev.flotilla.node;

import dev.flotilla.config.HostPort;
import dev.flotilla.config.NodeConfig;
import dev.flotilla.proto.cluster.WhoResponse;
import dev.flotilla.proto.raft_serverpb.StoreIdent;
import dev.flotilla.verticle.cluster.Greeting;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Whether a store that was here before may come back as its node is set now. Asked before its
 * replicas vote, of whichever nodes answer at once: when all start together, none does, and what is
 * wrong shows when the store registers.
 */
final class Readmission {
  private static final long PATIENCE_MILLIS = 3_000;

  private final NodeConfig config;
  private final Greeting greeting;
  private final List<HostPort> others;

  /**
   * @param others advertised cluster addresses of other nodes, as far as known
   */
  Readmission(NodeConfig config, Greeting greeting, Collection<HostPort> others) {
    this.config = config;
    this.greeting = greeting;
    this.others = List.copyOf(others);
  }

  /** Gives {@code ident} when nobody objects, and fails with what an operator has to put right. */
  Future<StoreIdent> run(StoreIdent ident) {
    List<Future<?>> opinions = new ArrayList<>();
    for (HostPort other : others) {
      opinions.add(
          greeting
              .who(other, ident)
              .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
              .transform(
                  (answer, silent) ->
                      silent == null ? judge(ident, other, answer) : Future.succeededFuture()));
    }
    return Future.all(opinions).map(ident);
  }

  private Future<Void> judge(StoreIdent ident, HostPort other, WhoResponse answer) {
    String objection = null;
    if (answer.getClusterId() == 0) {
      return Future.succeededFuture();
    } else if (answer.getClusterId() != ident.getClusterId()) {
      if (config.cluster().join().contains(other)) {
        objection =
            "the data folder is of cluster "
                + Long.toUnsignedString(ident.getClusterId())
                + ", but "
                + other
                + ", which --join names, is of cluster "
                + Long.toUnsignedString(answer.getClusterId())
                + ": use another folder, or do not name it";
      }
    } else if (answer.getStoreId() == ident.getStoreId()) {
      objection =
          "store "
              + ident.getStoreId()
              + " runs at "
              + other
              + ", and the data folder is a copy of its folder: start with an empty one to join as a"
              + " new store";
    } else if (answer.getGone()) {
      objection =
          "store "
              + ident.getStoreId()
              + " was taken out of the cluster for good: start with an empty folder to join as a"
              + " new store";
    } else if (!answer.getSharedSettings().equals(SharedSettings.of(config))) {
      objection =
          "settings that all stores must share differ: the node at "
              + other
              + " has "
              + answer.getSharedSettings()
              + ", this node "
              + SharedSettings.of(config)
              + "; to change them, stop all nodes";
    }
    return objection == null
        ? Future.succeededFuture()
        : Future.failedFuture(new StartRefused(objection));
  }
}
