package dev.flotilla.node;

import dev.flotilla.config.HostPort;
import dev.flotilla.config.NodeConfig;
import dev.flotilla.engine.Engines;
import dev.flotilla.proto.cluster.JoinRequest;
import dev.flotilla.proto.cluster.JoinResponse;
import dev.flotilla.proto.cluster.WhoResponse;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.raft_serverpb.StoreIdent;
import dev.flotilla.raftstore.store.Bootstrap;
import dev.flotilla.security.Credentials;
import dev.flotilla.verticle.cluster.Greeting;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a node with an empty folder becomes a store: it founds a cluster, or joins one. A folder that
 * has data never founds anything.
 */
final class Admission {
  private static final Logger LOG = LoggerFactory.getLogger(Admission.class);
  private static final long RETRY_MILLIS = 500;
  private static final Duration LINE_INTERVAL = Duration.ofSeconds(10);

  private final Vertx vertx;
  private final NodeConfig config;
  private final Engines engines;
  private final Optional<Credentials> credentials;
  private final Greeting greeting;
  private final List<HostPort> others;

  /** What each of the others said last, or why it did not. */
  private final Map<HostPort, String> answers = new LinkedHashMap<>();

  private long nextLineNanos = System.nanoTime() + RETRY_MILLIS * 1_000_000;

  /**
   * @param credentials that this node shows, if any
   * @param others advertised cluster addresses of other nodes, as far as known
   */
  Admission(
      Vertx vertx,
      NodeConfig config,
      Engines engines,
      Optional<Credentials> credentials,
      Greeting greeting,
      Collection<HostPort> others) {
    this.vertx = vertx;
    this.config = config;
    this.engines = engines;
    this.credentials = credentials;
    this.greeting = greeting;
    this.others = List.copyOf(others);
  }

  /**
   * Founds or joins, for as long as it takes.
   *
   * @param self this node's store as it is to be registered, without an id
   */
  Future<StoreIdent> run(Store self) {
    OptionalLong begun = Bootstrap.incarnation(engines);
    if (begun.isEmpty() && others.isEmpty()) {
      return vertx.executeBlocking(() -> DataFolder.found(engines, config.node()));
    }
    Optional<String> objection = OwnCertificate.objection(credentials, self);
    if (objection.isPresent()) {
      return Future.failedFuture(new StartRefused(objection.get()));
    }
    if (begun.isEmpty() && config.cluster().bootstrap()) {
      return foundWhenAllAgree();
    }
    if (others.isEmpty()) {
      return Future.failedFuture(
          new StartRefused(
              "this folder has begun to join a cluster: name a node of it with --join"));
    }
    return vertx
        .executeBlocking(() -> incarnation(begun))
        .compose(
            incarnation ->
                join(
                    JoinRequest.newBuilder()
                        .setIncarnation(incarnation)
                        .setStore(self)
                        .setSharedSettings(SharedSettings.of(config))
                        .build()));
  }

  private long incarnation(OptionalLong begun) {
    if (begun.isPresent()) {
      return begun.getAsLong();
    }
    long drawn = new SecureRandom().nextLong();
    Bootstrap.beginJoining(engines, drawn);
    return drawn;
  }

  /** Only when each of the others has said that it knows of no cluster. */
  private Future<StoreIdent> foundWhenAllAgree() {
    return Perseverance.until(
            vertx,
            RETRY_MILLIS,
            this::allAgree,
            (number, failure) ->
                tell("waiting for " + others + " to say that they know of no cluster"))
        .compose(agreed -> vertx.executeBlocking(() -> DataFolder.found(engines, config.node())));
  }

  private Future<Void> allAgree() {
    List<Future<WhoResponse>> answers = new ArrayList<>();
    others.forEach(other -> answers.add(greeting.who(other)));
    return Future.join(answers)
        .transform(
            all -> {
              for (int i = 0; i < answers.size(); i++) {
                Future<WhoResponse> answer = answers.get(i);
                if (answer.succeeded() && answer.result().getClusterId() != 0) {
                  return Future.failedFuture(knowsCluster(others.get(i), answer.result()));
                }
              }
              return all.succeeded() ? Future.succeededFuture() : Future.failedFuture(all.cause());
            });
  }

  private static StartRefused knowsCluster(HostPort other, WhoResponse answer) {
    return new StartRefused(
        "cluster.bootstrap is true and the data folder is empty, but "
            + other
            + " is of cluster "
            + answer.getClusterId()
            + " already: to join it as a new store set cluster.bootstrap = false; if this node lost"
            + " its data, delete its old store there first (flotilla ctl store delete)");
  }

  private Future<StoreIdent> join(JoinRequest request) {
    return Perseverance.until(
            vertx,
            RETRY_MILLIS,
            () -> joinBy(0, request),
            (number, failure) -> tell("waiting for a cluster to join: " + said()))
        .compose(this::admitted);
  }

  /** What each of the others answered last. */
  private String said() {
    return answers.entrySet().stream()
        .map(answer -> answer.getKey() + ": " + answer.getValue())
        .collect(Collectors.joining(", "));
  }

  private Future<JoinResponse> joinBy(int position, JoinRequest request) {
    if (position == others.size()) {
      return Future.failedFuture("nobody let this node join");
    }
    return greeting
        .join(others.get(position), request)
        .recover(
            failure -> {
              answers.put(others.get(position), reason(failure, request.getStore()));
              return joinBy(position + 1, request);
            });
  }

  /**
   * An answer comes by another connection than the question, and only from who goes by the name
   * that was asked.
   */
  private static String reason(Throwable failure, Store self) {
    return failure instanceof ReplyException silent && silent.failureType() == ReplyFailure.TIMEOUT
        ? "no answer (it must go by that name, and reach this node at %s)"
            .formatted(self.getPeerAddress())
        : String.valueOf(failure.getMessage());
  }

  private Future<StoreIdent> admitted(JoinResponse response) {
    if (!response.getRefusal().isEmpty()) {
      return Future.failedFuture(
          new StartRefused("the cluster does not take this node: " + response.getRefusal()));
    }
    if (config.node().clusterId() != 0 && config.node().clusterId() != response.getClusterId()) {
      return Future.failedFuture(
          new StartRefused(
              "node.cluster-id is "
                  + config.node().clusterId()
                  + ", but the nodes to join are of cluster "
                  + response.getClusterId()));
    }
    return vertx.executeBlocking(
        () -> Bootstrap.join(engines, response.getClusterId(), response.getStoreId()));
  }

  private void tell(String why) {
    long now = System.nanoTime();
    if (now - nextLineNanos >= 0) {
      nextLineNanos = now + LINE_INTERVAL.toNanos();
      LOG.info("{}", why);
    }
  }
}
