package dev.flotilla.config;

import java.time.Duration;

/**
 * The port that clients talk to.
 *
 * @param addr where to listen; port 0 picks a free one
 * @param messageBytesMax a larger request is refused
 * @param concurrentStreamsMax calls at once on one connection
 * @param idleTimeout a connection without traffic is closed after this
 * @param drainTimeout how long accepted calls are waited for at a stop
 */
public record ServerConfig(
    HostPort addr,
    long messageBytesMax,
    int concurrentStreamsMax,
    Duration idleTimeout,
    Duration drainTimeout) {
  private static final long MIB = 1 << 20;

  /** The settings that Flotilla ships with. */
  public static ServerConfig defaults() {
    return new ServerConfig(
        new HostPort("127.0.0.1", 20160),
        16 * MIB,
        4096,
        Duration.ofMinutes(3),
        Duration.ofSeconds(10));
  }

  public ServerConfig {
    Settings.range("message-bytes-max", messageBytesMax, MIB, 256 * MIB);
    Settings.range("concurrent-streams-max", concurrentStreamsMax, 1, 1 << 20);
    Settings.range("idle-timeout", idleTimeout, Duration.ofSeconds(20), Duration.ofHours(24));
    Settings.range("drain-timeout", drainTimeout, Duration.ZERO, Duration.ofMinutes(10));
  }
}
