package dev.flotilla.pd;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Up to which timestamp old versions may be collected. Answers are made from what is durable;
 * whether something is accepted is judged by what is on its way to be.
 */
public final class SafePoints {
  /** Whose claim collects what nobody needs, as in PD. */
  private static final String GC = "gc_worker";

  /** Who keeps everything as long as no service has claimed anything, as in PD. */
  private static final Minimum NOBODY = new Minimum(GC, 0, Long.MAX_VALUE);

  /** Services that may have a claim: many more than there are tools, and few enough to keep. */
  static final int SERVICES_MAX = 1024;

  /** Claims that are taken off the record at once, or the command might be too large. */
  static final int EXPIRED_AT_ONCE_MAX = 64;

  private final Map<String, Records.ServiceSafePoint> services;
  private long gcSafePoint;

  /** Claims as they will be once all that was asked for is durable. */
  private final Map<String, Records.ServiceSafePoint> latest;

  private long latestGcSafePoint;

  SafePoints(long gcSafePoint, Map<String, Records.ServiceSafePoint> services) {
    this.gcSafePoint = gcSafePoint;
    this.latestGcSafePoint = gcSafePoint;
    this.services = new HashMap<>(services);
    this.latest = new HashMap<>(services);
  }

  /** Who keeps most. */
  public record Minimum(String service, long safePoint, long ttlSeconds) {}

  long gcSafePoint() {
    return gcSafePoint;
  }

  /**
   * The collector's point is about to be moved to {@code safePoint}. Returns what to put on record:
   * it never moves back, also when a lesser one comes while a greater one is on its way.
   */
  long onGcProposed(long safePoint) {
    latestGcSafePoint = Math.max(latestGcSafePoint, safePoint);
    return latestGcSafePoint;
  }

  /** {@code safePoint} is durable. */
  void advance(long safePoint) {
    gcSafePoint = Math.max(gcSafePoint, safePoint);
  }

  /** Whether a service may still claim {@code safePoint}: what is before it may be gone. */
  boolean accepts(long safePoint, long nowMillis) {
    return safePoint >= minimum(latest, nowMillis).safePoint();
  }

  /**
   * Whether a service may have a claim besides those of others, whose number none keeps from GC.
   */
  boolean hasRoomFor(String service, long nowMillis) {
    return service.equals(GC)
        || latest.containsKey(service)
        || latest.values().stream().filter(each -> each.expiryMillis() > nowMillis).count()
            < SERVICES_MAX;
  }

  /**
   * A claim is about to be put on record.
   *
   * @return services whose claims have expired by then, first this one if it is one of them, to be
   *     taken off it
   */
  List<String> onProposed(String service, Records.ServiceSafePoint claim, long nowMillis) {
    List<String> expired = new ArrayList<>();
    latest.remove(service);
    if (claim.expiryMillis() <= nowMillis) {
      expired.add(service);
    }
    latest.forEach(
        (name, each) -> {
          if (each.expiryMillis() <= nowMillis && expired.size() < EXPIRED_AT_ONCE_MAX) {
            expired.add(name);
          }
        });
    expired.forEach(latest::remove);
    if (claim.expiryMillis() > nowMillis) {
      latest.put(service, claim);
    }
    return expired;
  }

  /** The claim is durable, and so is the end of those that had expired. */
  void put(String service, Records.ServiceSafePoint claim, List<String> expired) {
    services.put(service, claim);
    expired.forEach(services::remove);
  }

  /** The living claim that keeps most. */
  Minimum minimum(long nowMillis) {
    return minimum(services, nowMillis);
  }

  private static Minimum minimum(Map<String, Records.ServiceSafePoint> claims, long nowMillis) {
    Minimum least = null;
    for (Map.Entry<String, Records.ServiceSafePoint> entry : claims.entrySet()) {
      Records.ServiceSafePoint claim = entry.getValue();
      if (claim.expiryMillis() > nowMillis
          && (least == null || claim.safePoint() < least.safePoint())) {
        long ttlSeconds =
            claim.expiryMillis() == Long.MAX_VALUE
                ? Long.MAX_VALUE
                : (claim.expiryMillis() - nowMillis) / 1000;
        least = new Minimum(entry.getKey(), claim.safePoint(), ttlSeconds);
      }
    }
    return least == null ? NOBODY : least;
  }
}
