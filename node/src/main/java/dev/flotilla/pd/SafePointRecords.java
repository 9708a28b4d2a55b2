package dev.flotilla.pd;

import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raftstore.Clock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Changes of what is on record of the safe points. On the driver's thread. */
final class SafePointRecords {
  private static final int SERVICE_BYTES_MAX = 256;

  private final Clock clock;

  SafePointRecords(Clock clock) {
    this.clock = clock;
  }

  /** Moves the collector's point forward, never back; gives what it is then. */
  void advanceGc(ActiveDriver driver, long safePoint, Answer<Long> answer) {
    SafePoints safePoints = driver.safePoints();
    if (safePoint <= safePoints.gcSafePoint()) {
      answer.done(safePoints.gcSafePoint());
      return;
    }
    long recorded = safePoints.onGcProposed(safePoint);
    driver.update(
        List.of(Records.put(Records.GC_SAFE_POINT, recorded)),
        () -> {
          safePoints.advance(recorded);
          answer.done(safePoints.gcSafePoint());
        },
        answer);
  }

  /**
   * Claims that versions from {@code safePoint} on are kept; gives the claim that keeps most.
   *
   * @param ttlSeconds how long the claim lives; 0 or less takes it back
   */
  void claim(
      ActiveDriver driver,
      String service,
      long ttlSeconds,
      long safePoint,
      Answer<SafePoints.Minimum> answer) {
    if (service.getBytes(StandardCharsets.UTF_8).length > SERVICE_BYTES_MAX) {
      // On record it might be too large for an entry, and a write that is refused ends a driver.
      answer.refused("the name of a service takes at most " + SERVICE_BYTES_MAX + " bytes");
      return;
    }
    SafePoints safePoints = driver.safePoints();
    long now = clock.unixMillis();
    if (ttlSeconds > 0 && !safePoints.accepts(safePoint, now)) {
      answer.done(safePoints.minimum(now));
      return;
    }
    if (ttlSeconds > 0 && !safePoints.hasRoomFor(service, now)) {
      answer.refused(SafePoints.SERVICES_MAX + " services have a claim already");
      return;
    }
    Records.ServiceSafePoint claim =
        new Records.ServiceSafePoint(safePoint, expiry(now, ttlSeconds));
    List<String> expired = safePoints.onProposed(service, claim, now);
    List<Request> changes = new ArrayList<>();
    changes.add(SystemRegion.put(Records.serviceKey(service), claim.encode()));
    expired.forEach(name -> changes.add(SystemRegion.delete(Records.serviceKey(name))));
    driver.update(
        changes,
        () -> {
          safePoints.put(service, claim, expired);
          answer.done(safePoints.minimum(now));
        },
        answer);
  }

  private static long expiry(long nowMillis, long ttlSeconds) {
    if (ttlSeconds <= 0) {
      return 0;
    }
    return ttlSeconds > (Long.MAX_VALUE - nowMillis) / 1000
        ? Long.MAX_VALUE
        : nowMillis + ttlSeconds * 1000;
  }
}
