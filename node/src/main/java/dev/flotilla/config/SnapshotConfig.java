package dev.flotilla.config;

import java.time.Duration;

/**
 * Snapshots that bring replicas up to date whose log is gone. Immutable; an instance that exists is
 * valid.
 *
 * @param gcTick how often files that nobody needs are looked for
 * @param gcAfter how long a snapshot that was built is kept for being sent
 * @param sendsMax snapshots sent at once
 * @param receivesMax snapshots received at once; more are refused and come again
 * @param bytesPerSecond rate of all sending together
 */
public record SnapshotConfig(
    Duration gcTick, Duration gcAfter, int sendsMax, int receivesMax, long bytesPerSecond) {
  private static final long MIB = 1024 * 1024;

  /** The settings that Flotilla ships with. */
  public static SnapshotConfig defaults() {
    return new SnapshotConfig(Duration.ofMinutes(1), Duration.ofHours(4), 4, 8, 100 * MIB);
  }

  public SnapshotConfig {
    Settings.range("gc-tick", gcTick, Duration.ofMillis(10), Duration.ofHours(1));
    Settings.range("gc-after", gcAfter, Duration.ofSeconds(1), Duration.ofDays(30));
    Settings.range("sends-max", sendsMax, 1, 1024);
    Settings.range("receives-max", receivesMax, 1, 1024);
    Settings.range("bytes-per-second", bytesPerSecond, MIB, 1024 * 1024 * MIB);
  }
}
