package dev.flotilla.node;

import dev.flotilla.config.ClusterConfig;
import dev.flotilla.config.HostPort;
import dev.flotilla.security.Credentials;
import dev.flotilla.security.StoreNames;
import dev.flotilla.verticle.cluster.ClusterVertx;
import dev.flotilla.verticle.cluster.Members;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event bus of a node and whom it reaches by it.
 *
 * @param vertx clustered
 * @param listen where the bus listens
 * @param members who is where, as far as known
 * @param storeNames whose certificate speaks for which store, as far as known
 */
record ClusterStart(Vertx vertx, HostPort listen, Members members, StoreNames storeNames) {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterStart.class);
  private static final List<String> LOOPBACKS = List.of("localhost", "127.0.0.1", "::1");

  /** How soon it is noticed that a host of the file of hosts' names has another address. */
  private static final int HOSTS_NANOS = 1_000_000_000;

  /**
   * Opens the event bus.
   *
   * @param file members from an earlier life
   * @param credentials encrypt it, if given
   */
  static Future<ClusterStart> open(
      ClusterConfig config, MembersFile file, int eventLoops, Optional<Credentials> credentials) {
    return freePort(config.addr())
        .compose(listen -> open(listen, config, file, eventLoops, credentials));
  }

  private static Future<ClusterStart> open(
      HostPort listen,
      ClusterConfig config,
      MembersFile file,
      int eventLoops,
      Optional<Credentials> credentials) {
    HostPort advertised =
        config
            .advertiseAddr()
            .map(address -> address.port() == 0 ? address.withPort(listen.port()) : address)
            .orElse(listen);
    StoreNames names = new StoreNames(credentials.isPresent());
    Members members = new Members(advertised, config.join(), file.read(names));
    return ClusterVertx.start(listen, members, options(eventLoops), credentials)
        .recover(failure -> Future.failedFuture(StartRefused.cannotListen(listen, failure)))
        .map(vertx -> new ClusterStart(vertx, listen, members, names));
  }

  /** Of Vert.x, which by itself reads the file of hosts' names once. */
  static VertxOptions options(int eventLoops) {
    return new VertxOptions()
        .setEventLoopPoolSize(eventLoops)
        .setPreferNativeTransport(true)
        .setAddressResolverOptions(new AddressResolverOptions().setHostsRefreshPeriod(HOSTS_NANOS));
  }

  /**
   * A port that is free, {@code addr}'s own if it has one: others are told its number before the
   * bus listens, and the bus would log a stack trace for one that is taken. Nothing listens here:
   * other nodes try to connect all the time, and what they send would be lost to who closes it.
   */
  static Future<HostPort> freePort(HostPort addr) {
    try (Socket bus = new Socket()) {
      // As servers do: connections of an earlier process that are still fading do not matter.
      bus.setReuseAddress(true);
      bus.bind(new InetSocketAddress(InetAddress.getByName(addr.host()), addr.port()));
      return Future.succeededFuture(addr.withPort(bus.getLocalPort()));
    } catch (IOException e) {
      return Future.failedFuture(StartRefused.cannotListen(addr, e));
    }
  }

  /**
   * Cluster addresses by which others may know this node: people mix names and addresses. Blocks
   * while names are looked up.
   */
  Set<HostPort> names() {
    Set<HostPort> names = new LinkedHashSet<>(List.of(members.self(), listen));
    names.addAll(resolved(members.self()));
    names.addAll(resolved(listen));
    if (listen.isLoopback() || listen.isWildcard()) {
      LOOPBACKS.forEach(host -> names.add(new HostPort(host, listen.port())));
    }
    return names;
  }

  private static List<HostPort> resolved(HostPort name) {
    try {
      return Arrays.stream(InetAddress.getAllByName(name.host()))
          .map(address -> new HostPort(NetUtil.toAddressString(address), name.port()))
          .toList();
    } catch (UnknownHostException e) {
      LOG.info("the host of {} is not known here, others may know it", name);
      return List.of();
    }
  }
}
