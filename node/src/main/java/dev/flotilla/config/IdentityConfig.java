package dev.flotilla.config;

import java.util.Optional;

/**
 * Who this node is.
 *
 * @param clusterId the cluster that the data folder must belong to, and that an empty folder is
 *     made for; 0 takes any folder and draws an id for an empty one
 * @param name of which only this node's certificate is; without one it is the first name of the
 *     certificate, if there is a certificate
 * @param labels where it is; replicas are kept apart by them
 */
public record IdentityConfig(long clusterId, Optional<String> name, Labels labels) {
  /** The settings that Flotilla ships with. */
  public static IdentityConfig defaults() {
    return new IdentityConfig(0, Optional.empty(), Labels.NONE);
  }

  public IdentityConfig {
    Settings.range("cluster-id", clusterId, 0, Long.MAX_VALUE);
    if (name.isPresent() && !NodeName.isValid(name.get())) {
      throw new InvalidSetting("name", "is not of 1 to 255 characters on one line");
    }
  }
}
