package dev.flotilla.pd;

import java.util.LinkedHashMap;
import java.util.Map;

/** Up to which timestamp old versions may be collected. */
public final class SafePoints {
  /** Who keeps everything as long as no service has claimed anything, as in PD. */
  private static final Minimum NOBODY = new Minimum("gc_worker", 0, Long.MAX_VALUE);

  private final Map<String, Records.ServiceSafePoint> services;
  private long gcSafePoint;

  SafePoints(long gcSafePoint, Map<String, Records.ServiceSafePoint> services) {
    this.gcSafePoint = gcSafePoint;
    this.services = new LinkedHashMap<>(services);
  }

  /** Who keeps most. */
  public record Minimum(String service, long safePoint, long ttlSeconds) {}

  long gcSafePoint() {
    return gcSafePoint;
  }

  /** {@code safePoint} is durable; it never moves back. */
  void advance(long safePoint) {
    gcSafePoint = Math.max(gcSafePoint, safePoint);
  }

  /** Whether a service may still claim {@code safePoint}: what is before it may be gone. */
  boolean accepts(long safePoint, long nowMillis) {
    return safePoint >= minimum(nowMillis).safePoint();
  }

  /** The claim is durable; an expired one takes the service off. */
  void put(String service, Records.ServiceSafePoint claim) {
    services.put(service, claim);
  }

  /** The living claim that keeps most. */
  Minimum minimum(long nowMillis) {
    Minimum least = null;
    for (Map.Entry<String, Records.ServiceSafePoint> entry : services.entrySet()) {
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
