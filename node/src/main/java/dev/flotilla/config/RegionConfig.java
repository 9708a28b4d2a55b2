package dev.flotilla.config;

import java.time.Duration;

/**
 * How regions are kept in shape. Immutable; an instance that exists is valid.
 *
 * @param bytesMax a region that grew past this is split
 * @param splitBytes size of the parts that are split off; at most {@code bytesMax}
 * @param splitCheckDiffBytes growth since the last measurement from which a region is measured anew
 * @param splitCheckTick how often led regions are looked at for their size; 0 turns it off
 * @param rightDerive whether the right part of a split keeps the id of the region
 * @param compactCheckTick how often deletions are counted for a compaction; 0 turns it off
 * @param compactDeletedKeys deletions in one region from which it is compacted
 * @param consistencyCheckTick how often a region is drawn for a comparison of its replicas; 0 turns
 *     it off
 * @param peerDownAfter silence of a replica after which the driver is told that it is down
 * @param leaderMissingMax how long a replica does without a leader before it asks whether it still
 *     belongs to its region
 */
public record RegionConfig(
    long bytesMax,
    long splitBytes,
    long splitCheckDiffBytes,
    Duration splitCheckTick,
    boolean rightDerive,
    Duration compactCheckTick,
    long compactDeletedKeys,
    Duration consistencyCheckTick,
    Duration peerDownAfter,
    Duration leaderMissingMax) {
  private static final long KIB = 1024;
  private static final long MIB = 1024 * KIB;
  private static final long TIB = MIB * MIB;

  /** The settings that Flotilla ships with. */
  public static RegionConfig defaults() {
    return new RegionConfig(
        144 * MIB,
        96 * MIB,
        6 * MIB,
        Duration.ofSeconds(10),
        true,
        Duration.ofMinutes(5),
        1_000_000,
        Duration.ofMinutes(1),
        Duration.ofMinutes(5),
        Duration.ofHours(2));
  }

  public RegionConfig {
    Settings.range("bytes-max", bytesMax, KIB, TIB);
    Settings.range("split-bytes", splitBytes, KIB, bytesMax, "bytes-max");
    Settings.range("split-check-diff-bytes", splitCheckDiffBytes, 1, TIB);
    Settings.range("split-check-tick", splitCheckTick, Duration.ZERO, Duration.ofHours(1));
    Settings.range("compact-check-tick", compactCheckTick, Duration.ZERO, Duration.ofDays(1));
    Settings.range("compact-deleted-keys", compactDeletedKeys, 1, 1_000_000_000_000L);
    Settings.range(
        "consistency-check-tick", consistencyCheckTick, Duration.ZERO, Duration.ofDays(30));
    Settings.range("peer-down-after", peerDownAfter, Duration.ofSeconds(1), Duration.ofDays(30));
    Settings.range(
        "leader-missing-max", leaderMissingMax, Duration.ofSeconds(1), Duration.ofDays(30));
  }
}
