package dev.flotilla.node;

import dev.flotilla.config.HostPort;
import dev.flotilla.config.NodeConfig;
import dev.flotilla.proto.cluster.Member;
import dev.flotilla.proto.cluster.WhoResponse;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.raft_serverpb.StoreIdent;
import dev.flotilla.security.Credentials;
import dev.flotilla.verticle.cluster.Greeting;
import dev.flotilla.verticle.cluster.Members;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a store that was here before may come back as its node is set now. Asked before its
 * replicas vote, of whichever nodes answer soon: when all start together, none does, and what is
 * wrong shows when the store registers.
 */
final class Readmission {
  private static final Logger LOG = LoggerFactory.getLogger(Readmission.class);

  /**
   * For a node that is busy; one that is not there is known at once, one that stands still never.
   */
  private static final long PATIENCE_MILLIS = 3_000;

  private final NodeConfig config;
  private final Greeting greeting;
  private final Optional<Credentials> credentials;
  private final HostPort self;
  private final List<HostPort> others;

  /**
   * @param credentials for everything between nodes, if it is to be encrypted
   * @param members this node, and the others as far as known
   */
  Readmission(
      NodeConfig config, Greeting greeting, Optional<Credentials> credentials, Members members) {
    this.config = config;
    this.credentials = credentials;
    this.greeting = greeting;
    this.self = members.self();
    this.others = members.others();
  }

  /**
   * Gives {@code ident} when nobody objects, and fails with what an operator has to put right.
   *
   * @param record this node's store as it is to be registered
   */
  Future<StoreIdent> run(StoreIdent ident, Store record) {
    Optional<String> unbelieved =
        others.isEmpty() ? Optional.empty() : OwnCertificate.objection(credentials, record);
    if (unbelieved.isPresent()) {
      return Future.failedFuture(new StartRefused(unbelieved.get()));
    }
    return ask(ident, others)
        .compose(
            seen -> {
              // There it was before it was moved, or a copy of its folder is in use.
              seen.removeAll(others);
              seen.remove(self);
              return ask(ident, seen);
            })
        .map(ident);
  }

  /** Gives where those who answer have last seen the store. */
  private Future<Set<HostPort>> ask(StoreIdent ident, Collection<HostPort> nodes) {
    Set<HostPort> seen = ConcurrentHashMap.newKeySet();
    List<Future<?>> opinions = new ArrayList<>();
    for (HostPort other : nodes) {
      opinions.add(
          greeting
              .who(other, ident)
              .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
              .transform(
                  (answer, silent) ->
                      silent == null
                          ? judge(ident, other, answer, seen)
                          : Future.succeededFuture()));
    }
    return Future.all(opinions).map(seen);
  }

  private Future<Void> judge(
      StoreIdent ident, HostPort other, WhoResponse answer, Set<HostPort> seen) {
    String objection = objection(ident, other, answer);
    if (objection != null) {
      return Future.failedFuture(new StartRefused(objection));
    }
    if (answer.getClusterId() == ident.getClusterId()) {
      for (Member member : answer.getMembersList()) {
        if (member.getStoreId() == ident.getStoreId()) {
          see(other, member, seen);
        }
      }
    }
    return Future.succeededFuture();
  }

  private static void see(HostPort other, Member store, Set<HostPort> seen) {
    try {
      seen.add(HostPort.parse(store.getAddress()));
    } catch (IllegalArgumentException e) {
      LOG.warn("{} says that store {} is at '{}'", other, store.getStoreId(), store.getAddress());
    }
  }

  private @Nullable String objection(StoreIdent ident, HostPort other, WhoResponse answer) {
    if (answer.getClusterId() == 0) {
      return null;
    }
    if (answer.getClusterId() != ident.getClusterId()) {
      return config.cluster().join().contains(other)
          ? "the data folder is of cluster "
              + Long.toUnsignedString(ident.getClusterId())
              + ", but "
              + other
              + ", which --join names, is of cluster "
              + Long.toUnsignedString(answer.getClusterId())
              + ": use another folder, or do not name it"
          : null;
    }
    String store = "store " + ident.getStoreId();
    if (answer.getStoreId() == ident.getStoreId()) {
      return store
          + " runs at "
          + other
          + ", and the data folder is a copy of its folder: start with an empty one to join as a"
          + " new store";
    }
    if (answer.getGone()) {
      return store
          + " was taken out of the cluster for good: start with an empty folder to join as a new"
          + " store";
    }
    String settings = SharedSettings.of(config);
    return answer.getSharedSettings().equals(settings)
        ? null
        : "settings that all stores must share differ: the node at "
            + other
            + " has "
            + answer.getSharedSettings()
            + ", this node "
            + settings
            + "; to change them, stop all nodes";
  }
}
