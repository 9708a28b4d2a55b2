package dev.flotilla.verticle.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.NetworkConfig;
import dev.flotilla.config.HostPort;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.Collection;

/**
 * Vert.x with an event bus that reaches other nodes. The cluster manager only finds them: who
 * leads, votes or owns anything is decided by raft and the placement driver.
 */
public final class ClusterVertx {
  /** How long a silent member counts as one; long enough for a pause of its process. */
  private static final int SILENCE_SECONDS = 10;

  /** Members beside the owner that keep an entry of the registry; one may die at a time. */
  private static final int BACKUPS = 1;

  private static final int PING_MILLIS = 2_000;
  private static final int PING_REPLY_MILLIS = 5_000;

  private ClusterVertx() {}

  /**
   * Starts the bus.
   *
   * @param listen where the event bus listens; members listen on the next port
   * @param advertised what others are told
   * @param members advertised cluster addresses of other nodes, as far as known
   * @param options of Vert.x besides the bus
   */
  public static Future<Vertx> start(
      HostPort listen, HostPort advertised, Collection<HostPort> members, VertxOptions options) {
    EventBusOptions bus =
        new EventBusOptions()
            .setHost(listen.host())
            .setPort(listen.port())
            .setClusterPublicHost(advertised.host())
            .setClusterPublicPort(advertised.port())
            .setClusterPingInterval(PING_MILLIS)
            .setClusterPingReplyInterval(PING_REPLY_MILLIS)
            .setTcpNoDelay(true);
    return Vertx.builder()
        .with(options.setEventBusOptions(bus))
        .withClusterManager(new HazelcastClusterManager(manager(listen, advertised, members)))
        .buildClustered();
  }

  private static Config manager(
      HostPort listen, HostPort advertised, Collection<HostPort> members) {
    Config config = new Config().setClusterName("flotilla");
    // What Vert.x keeps there, as its own file says; reading that file takes a third of a second.
    config
        .addMultiMapConfig(
            new MultiMapConfig("__vertx.subs")
                .setBackupCount(BACKUPS)
                .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET))
        .addMapConfig(new MapConfig("__vertx.haInfo").setBackupCount(BACKUPS))
        .addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(BACKUPS));
    config
        .setProperty("hazelcast.logging.type", "slf4j")
        .setProperty("hazelcast.phone.home.enabled", "false")
        .setProperty("hazelcast.socket.bind.any", "false")
        .setProperty("hazelcast.shutdownhook.enabled", "false")
        .setProperty("hazelcast.wait.seconds.before.join", "0")
        .setProperty("hazelcast.heartbeat.interval.seconds", "1")
        .setProperty("hazelcast.max.no.heartbeat.seconds", Integer.toString(SILENCE_SECONDS))
        .setProperty("hazelcast.merge.first.run.delay.seconds", "5")
        .setProperty("hazelcast.merge.next.run.delay.seconds", "5")
        .setProperty("hazelcast.tcp.join.port.try.count", "1");
    NetworkConfig network = config.getNetworkConfig();
    network
        .setPort(listen.port() + 1)
        .setPortAutoIncrement(false)
        .setPublicAddress(memberAddress(advertised));
    network.getInterfaces().setEnabled(!listen.isWildcard()).addInterface(listen.host());
    JoinConfig join = network.getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(true).addMember(memberAddress(advertised));
    for (HostPort member : members) {
      join.getTcpIpConfig().addMember(memberAddress(member));
    }
    return config;
  }

  private static String memberAddress(HostPort cluster) {
    return cluster.host() + ":" + (cluster.port() + 1);
  }
}
