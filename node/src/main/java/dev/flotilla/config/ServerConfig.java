package dev.flotilla.config;

import java.time.Duration;
import java.util.Optional;

/**
 * The port that clients talk to.
 *
 * @param addr where to listen; port 0 picks a free one
 * @param advertiseAddr what clients are told to connect to, when it is not {@code addr}; port 0
 *     stands for the port that is listened on
 * @param allowInsecure whether ports may be open to other machines although nothing on them is
 *     encrypted or authenticated; of no effect where it is
 * @param messageBytesMax a larger request is refused
 * @param answerBytesMax a read whose answer would be larger is refused
 * @param inFlightBytesMax calls accepted and not answered, on all connections of one event loop;
 *     past it calls are refused as busy, and reads also past as many bytes of answers that have not
 *     left
 * @param concurrentStreamsMax calls at once on one connection
 * @param idleTimeout a connection without traffic is closed after this
 * @param drainTimeout how long accepted calls are waited for at a stop
 */
public record ServerConfig(
    HostPort addr,
    Optional<HostPort> advertiseAddr,
    boolean allowInsecure,
    long messageBytesMax,
    long answerBytesMax,
    long inFlightBytesMax,
    int concurrentStreamsMax,
    Duration idleTimeout,
    Duration drainTimeout) {
  private static final long MIB = 1 << 20;

  /** The settings that Flotilla ships with. */
  public static ServerConfig defaults() {
    return new ServerConfig(
        new HostPort("127.0.0.1", 20160),
        Optional.empty(),
        false,
        16 * MIB,
        32 * MIB,
        128 * MIB,
        4096,
        Duration.ofMinutes(3),
        Duration.ofSeconds(10));
  }

  public ServerConfig {
    if (addr.isWildcard() && advertiseAddr.isEmpty()) {
      throw new InvalidSetting(
          "advertise-addr",
          "must be set, as clients cannot connect to " + addr.host() + " of addr: name this host");
    }
    if (advertiseAddr.isPresent() && advertiseAddr.get().isWildcard()) {
      throw new InvalidSetting(
          "advertise-addr", "clients cannot connect to " + advertiseAddr.get().host());
    }
    Settings.range("message-bytes-max", messageBytesMax, MIB, 256 * MIB);
    Settings.range("answer-bytes-max", answerBytesMax, MIB, 1024 * MIB);
    Settings.range("in-flight-bytes-max", inFlightBytesMax, 16 * MIB, 16 * 1024 * MIB);
    Settings.range("concurrent-streams-max", concurrentStreamsMax, 1, 1 << 20);
    Settings.range("idle-timeout", idleTimeout, Duration.ofSeconds(20), Duration.ofHours(24));
    Settings.range("drain-timeout", drainTimeout, Duration.ZERO, Duration.ofMinutes(10));
  }
}
