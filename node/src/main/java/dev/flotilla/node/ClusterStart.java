package dev.flotilla.node;

import dev.flotilla.config.ClusterConfig;
import dev.flotilla.config.HostPort;
import dev.flotilla.verticle.cluster.ClusterVertx;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The event bus of a node and what it knows of others when it starts.
 *
 * @param vertx clustered
 * @param advertised cluster address that others are told
 * @param others cluster addresses of other nodes
 */
record ClusterStart(Vertx vertx, HostPort advertised, Set<HostPort> others) {
  private static final int PORT_TRIES = 20;

  /**
   * Opens the event bus.
   *
   * @param known members from an earlier life
   */
  static Future<ClusterStart> open(ClusterConfig config, Set<HostPort> known, int eventLoops) {
    HostPort listen = config.addr().port() == 0 ? freePort(config.addr()) : config.addr();
    HostPort advertised =
        config
            .advertiseAddr()
            .map(address -> address.port() == 0 ? address.withPort(listen.port()) : address)
            .orElse(listen);
    Set<HostPort> others = new LinkedHashSet<>(config.join());
    others.addAll(known);
    others.remove(advertised);
    return ClusterVertx.start(
            listen,
            advertised,
            others,
            new VertxOptions().setEventLoopPoolSize(eventLoops).setPreferNativeTransport(true))
        .recover(failure -> Future.failedFuture(StartRefused.cannotListen(listen, failure)))
        .map(vertx -> new ClusterStart(vertx, advertised, others));
  }

  /** A port that is free, as is the one after it. */
  private static HostPort freePort(HostPort addr) {
    IOException last = new IOException("no tries");
    for (int i = 0; i < PORT_TRIES; i++) {
      try (ServerSocket bus = new ServerSocket()) {
        InetAddress host = InetAddress.getByName(addr.host());
        bus.bind(new InetSocketAddress(host, 0));
        try (ServerSocket members = new ServerSocket()) {
          members.bind(new InetSocketAddress(host, bus.getLocalPort() + 1));
          return addr.withPort(bus.getLocalPort());
        }
      } catch (IOException | IllegalArgumentException e) {
        last = e instanceof IOException io ? io : new IOException(e);
      }
    }
    throw StartRefused.cannotListen(addr, last);
  }
}
