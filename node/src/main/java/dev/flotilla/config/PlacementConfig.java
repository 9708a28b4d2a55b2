package dev.flotilla.config;

import java.time.Duration;

/**
 * What the placement driver aims at. Immutable; an instance that exists is valid.
 *
 * @param replicasMax replicas of a region, as far as there are stores
 * @param storeDownAfter silence of a store after which its replicas are put elsewhere
 */
public record PlacementConfig(int replicasMax, Duration storeDownAfter) {
  /** The settings that Flotilla ships with. */
  public static PlacementConfig defaults() {
    return new PlacementConfig(3, Duration.ofMinutes(30));
  }

  public PlacementConfig {
    Settings.range("replicas-max", replicasMax, 1, 15);
    Settings.range("store-down-after", storeDownAfter, Duration.ofSeconds(1), Duration.ofDays(30));
  }
}
