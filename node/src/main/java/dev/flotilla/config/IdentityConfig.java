package dev.flotilla.config;

/**
 * Who this node is.
 *
 * @param clusterId the cluster that the data folder must belong to, and that an empty folder is
 *     made for; 0 takes any folder and draws an id for an empty one
 * @param labels where it is; replicas are kept apart by them
 */
public record IdentityConfig(long clusterId, Labels labels) {
  /** The settings that Flotilla ships with. */
  public static IdentityConfig defaults() {
    return new IdentityConfig(0, Labels.NONE);
  }

  public IdentityConfig {
    Settings.range("cluster-id", clusterId, 0, Long.MAX_VALUE);
  }
}
