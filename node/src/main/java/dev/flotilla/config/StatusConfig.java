package dev.flotilla.config;

import java.util.Optional;

/**
 * The HTTP port for people and monitoring.
 *
 * @param addr where to listen; port 0 picks a free one, none turns the port off
 */
public record StatusConfig(Optional<HostPort> addr) {
  /** The settings that Flotilla ships with. */
  public static StatusConfig defaults() {
    return new StatusConfig(Optional.of(new HostPort("127.0.0.1", 20180)));
  }
}
