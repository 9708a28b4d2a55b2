package dev.flotilla.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How this node finds and reaches the others. Immutable; an instance that exists is valid.
 *
 * @param addr where the event bus listens; port 0 picks one
 * @param advertiseAddr what others are told to connect to, when it is not {@code addr}
 * @param join cluster addresses of other nodes; those learnt later are kept in the data folder
 * @param bootstrap whether this node, with an empty folder and others to join, founds the cluster
 * @param windowBytes raft messages on their way to one store and not taken in by its loop
 * @param frameBytes raft messages that travel together, roughly
 * @param requestTimeout how long an answer of another node is waited for
 */
public record ClusterConfig(
    HostPort addr,
    Optional<HostPort> advertiseAddr,
    List<HostPort> join,
    boolean bootstrap,
    long windowBytes,
    int frameBytes,
    Duration requestTimeout) {
  private static final long KIB = 1024;
  private static final long MIB = 1024 * KIB;

  /** The settings that Flotilla ships with. */
  public static ClusterConfig defaults() {
    return new ClusterConfig(
        new HostPort("127.0.0.1", 20170),
        Optional.empty(),
        List.of(),
        false,
        8 * MIB,
        (int) (64 * KIB),
        Duration.ofSeconds(2));
  }

  public ClusterConfig {
    join = List.copyOf(join);
    if (addr.isWildcard() && advertiseAddr.isEmpty()) {
      throw new InvalidSetting(
          "advertise-addr",
          "must be set, as others cannot connect to " + addr.host() + " of addr: name this host");
    }
    if (advertiseAddr.isPresent() && advertiseAddr.get().isWildcard()) {
      throw new InvalidSetting(
          "advertise-addr", "others cannot connect to " + advertiseAddr.get().host());
    }
    Settings.range("window-bytes", windowBytes, 64 * KIB, 1024 * MIB);
    Settings.range("frame-bytes", frameBytes, KIB, 16 * MIB);
    Settings.range(
        "request-timeout", requestTimeout, Duration.ofMillis(100), Duration.ofMinutes(1));
  }
}
