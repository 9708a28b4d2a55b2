package dev.flotilla.verticle.cluster;

import dev.flotilla.config.HostPort;
import dev.flotilla.security.Credentials;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import java.util.Optional;

/** Vert.x with an event bus that reaches other nodes. */
public final class ClusterVertx {
  /** A machine that is gone without a word; raft has sent again what waits by then. */
  private static final int CONNECT_MILLIS = 2_000;

  private static final int PING_MILLIS = 2_000;
  private static final int PING_REPLY_MILLIS = 5_000;

  /**
   * Whoever has a connection pings over it, so one from which nothing comes for so long is that of
   * a machine that vanished: what would have said so was lost on the way, and nobody says it again.
   */
  private static final int SILENCE_SECONDS = 30;

  private ClusterVertx() {}

  /**
   * Starts the bus.
   *
   * @param listen where the event bus listens
   * @param members who is where; says what others are told of this node
   * @param options of Vert.x besides the bus
   * @param credentials encrypt the bus, if given
   */
  public static Future<Vertx> start(
      HostPort listen, Members members, VertxOptions options, Optional<Credentials> credentials) {
    return start(listen, members, options, credentials, SILENCE_SECONDS);
  }

  /** As the other, with another time after which a connection that brings nothing is closed. */
  static Future<Vertx> start(
      HostPort listen,
      Members members,
      VertxOptions options,
      Optional<Credentials> credentials,
      int silenceSeconds) {
    HostPort advertised = members.self();
    EventBusOptions bus =
        new EventBusOptions()
            .setHost(listen.host())
            .setPort(listen.port())
            .setClusterPublicHost(advertised.host())
            .setClusterPublicPort(advertised.port())
            .setClusterPingInterval(PING_MILLIS)
            .setClusterPingReplyInterval(PING_REPLY_MILLIS)
            .setTcpNoDelay(true);
    bus.setConnectTimeout(CONNECT_MILLIS);
    bus.setReadIdleTimeout(silenceSeconds);
    credentials.ifPresent(shown -> BusSecurity.close(bus, shown));
    return Vertx.builder()
        .with(options.setEventBusOptions(bus))
        .withClusterManager(new MemberRegistry(members))
        .buildClustered()
        .compose(vertx -> opened(vertx, listen, credentials, silenceSeconds));
  }

  private static Future<Vertx> opened(
      Vertx vertx, HostPort listen, Optional<Credentials> credentials, int silenceSeconds) {
    return credentials.isEmpty()
        ? Future.succeededFuture(vertx)
        : BusSecurity.open(vertx, listen, credentials.get(), silenceSeconds)
            .map(vertx)
            .recover(failure -> vertx.close().transform(closed -> Future.failedFuture(failure)));
  }
}
