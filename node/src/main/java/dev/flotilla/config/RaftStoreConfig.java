package dev.flotilla.config;

import java.time.Duration;

/**
 * Settings of the raftstore. Immutable; an instance that exists is valid.
 *
 * @param syncLog whether the raft log is synced before a write is acknowledged; false loses
 *     acknowledged writes at a power loss
 * @param baseTick wall time of one raft tick, 10 ms to 10 s
 * @param heartbeatTicks ticks between a leader's heartbeats, at least 1
 * @param electionTicks ticks after the last word of a leader for which nobody else gets a vote; the
 *     same on all stores
 * @param electionTicksMax election timeouts are above {@code electionTicks} and at most this; at
 *     least {@code electionTicks} + 1
 * @param hibernateTicks ticks without a command after which a region's replicas hibernate; 0 for
 *     never
 * @param leaderLease longest time a leader may answer reads alone; at least one tick below the
 *     election timeout, or two leaders could serve reads at once
 * @param messageBytesMax entries in one append message
 * @param inflightMessagesMax appends on their way to one peer
 * @param inflightBytesMax as {@code inflightMessagesMax}, in bytes; the last append may pass it
 * @param entryBytesMax a larger command is refused
 * @param applyPageBytesMax committed entries of one region handed to apply and not yet applied
 * @param applyBacklogMax entries of one region logged but not applied, beyond which commands are
 *     refused as busy
 * @param logGcTick how often led regions look whether their log can be shortened; 0 turns it off
 * @param logGcThreshold entries that are left for slow peers
 * @param logGcCountLimit entries beyond which the log is shortened whatever peers still need
 * @param logGcBytesLimit as {@code logGcCountLimit}, in bytes
 * @param expirySweepTick how often a slice of the led regions is searched for expired values; 0
 *     turns it off, expired values then take room but are never served
 * @param regionHeartbeatTick how often led regions report to the placement driver
 * @param storeHeartbeatTick how often the store reports to the placement driver
 * @param notifyCapacity messages that may wait for the store loop before clients' are refused
 * @param messagesPerTick messages handled before a readiness pass
 */
public record RaftStoreConfig(
    boolean syncLog,
    Duration baseTick,
    int heartbeatTicks,
    int electionTicks,
    int electionTicksMax,
    int hibernateTicks,
    Duration leaderLease,
    long messageBytesMax,
    int inflightMessagesMax,
    long inflightBytesMax,
    long entryBytesMax,
    long applyPageBytesMax,
    int applyBacklogMax,
    Duration logGcTick,
    long logGcThreshold,
    long logGcCountLimit,
    long logGcBytesLimit,
    Duration expirySweepTick,
    Duration regionHeartbeatTick,
    Duration storeHeartbeatTick,
    int notifyCapacity,
    int messagesPerTick) {

  private static final long KIB = 1024;
  private static final long MIB = 1024 * KIB;

  /** The settings that Flotilla ships with. */
  public static RaftStoreConfig defaults() {
    return new RaftStoreConfig(
        true,
        Duration.ofMillis(100),
        2,
        8,
        12,
        10,
        Duration.ofMillis(700),
        MIB,
        256,
        4 * MIB,
        8 * MIB,
        4 * MIB,
        40_960,
        Duration.ofSeconds(10),
        50,
        73_728,
        72 * MIB,
        Duration.ofSeconds(1),
        Duration.ofSeconds(60),
        Duration.ofSeconds(10),
        40_960,
        4096);
  }

  public RaftStoreConfig {
    Settings.range("base-tick", baseTick, Duration.ofMillis(10), Duration.ofSeconds(10));
    Settings.range("heartbeat-ticks", heartbeatTicks, 1, 1000);
    Settings.range("election-ticks", electionTicks, heartbeatTicks + 1L, 10_000, "heartbeat-ticks");
    Settings.range(
        "election-ticks-max", electionTicksMax, electionTicks + 1L, 20_000, "election-ticks");
    Settings.range("hibernate-ticks", hibernateTicks, 0, 100_000);
    Settings.range(
        "leader-lease",
        leaderLease,
        Duration.ZERO,
        baseTick.multipliedBy(electionTicks - 1L),
        "base-tick",
        "election-ticks");
    Settings.range("message-bytes-max", messageBytesMax, KIB, 64 * MIB);
    Settings.range("inflight-messages-max", inflightMessagesMax, 1, 65_536);
    Settings.range(
        "inflight-bytes-max", inflightBytesMax, messageBytesMax, 1024 * MIB, "message-bytes-max");
    Settings.range("entry-bytes-max", entryBytesMax, KIB, 64 * MIB);
    Settings.range("apply-page-bytes-max", applyPageBytesMax, KIB, 256 * MIB);
    Settings.range("apply-backlog-max", applyBacklogMax, 16, 10_000_000);
    Settings.range("log-gc-tick", logGcTick, Duration.ZERO, Duration.ofHours(1));
    Settings.range("log-gc-threshold", logGcThreshold, 1, 10_000_000);
    Settings.range(
        "log-gc-count-limit", logGcCountLimit, logGcThreshold, 100_000_000, "log-gc-threshold");
    Settings.range("log-gc-bytes-limit", logGcBytesLimit, KIB, 1024 * 1024 * MIB);
    Settings.range("expiry-sweep-tick", expirySweepTick, Duration.ZERO, Duration.ofHours(1));
    Settings.range(
        "region-heartbeat-tick", regionHeartbeatTick, Duration.ofMillis(10), Duration.ofHours(1));
    Settings.range(
        "store-heartbeat-tick", storeHeartbeatTick, Duration.ofMillis(10), Duration.ofHours(1));
    Settings.range("notify-capacity", notifyCapacity, 16, 1 << 24);
    Settings.range("messages-per-tick", messagesPerTick, 1, 1 << 20);
  }
}
