package dev.flotilla.pd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.pd.Records.ServiceSafePoint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SafePointsTest {
  private static SafePoints backupAndCdc() {
    return new SafePoints(
        0,
        Map.of(
            "backup", new ServiceSafePoint(50, 2000),
            "cdc", new ServiceSafePoint(80, 9000)));
  }

  @Test
  void theLivingClaimThatKeepsMostCounts() {
    SafePoints points = backupAndCdc();
    assertThat(points.minimum(1000).service()).isEqualTo("backup");
    assertThat(points.minimum(1000).ttlSeconds()).isEqualTo(1);
    assertThat(points.minimum(3000).service()).isEqualTo("cdc");
    assertThat(points.minimum(10_000).safePoint()).isZero();
  }

  @Test
  void claimsBehindWhatMayBeGoneAreNotAccepted() {
    SafePoints points = new SafePoints(0, Map.of("cdc", new ServiceSafePoint(80, 9000)));
    assertThat(points.accepts(79, 1000)).isFalse();
    assertThat(points.accepts(80, 1000)).isTrue();
  }

  @Test
  void aClaimIsJudgedByThoseThatAreOnTheirWay() {
    SafePoints points = new SafePoints(0, Map.of("cdc", new ServiceSafePoint(80, 9000)));
    ServiceSafePoint moved = new ServiceSafePoint(90, 9000);
    assertThat(points.onProposed("cdc", moved, 1000)).isEmpty();
    assertThat(points.accepts(80, 1000)).isFalse();
    assertThat(points.minimum(1000).safePoint()).isEqualTo(80);
    points.put("cdc", moved, List.of());
    assertThat(points.minimum(1000).safePoint()).isEqualTo(90);
  }

  @Test
  void expiredClaimsAreTakenOffTheRecordWithTheNext() {
    SafePoints points = backupAndCdc();
    ServiceSafePoint withdrawn = new ServiceSafePoint(0, 0);
    List<String> expired = points.onProposed("cdc", withdrawn, 2000);
    assertThat(expired).containsExactlyInAnyOrder("backup", "cdc");
    points.put("cdc", withdrawn, expired);
    assertThat(points.onProposed("lightning", new ServiceSafePoint(1, 9000), 2000)).isEmpty();
  }

  /** All of them together might be larger than an entry may be, and depose the driver. */
  @Test
  void ofVeryManyExpiredClaimsAFewAreTakenOffTheRecordAtATime() {
    Map<String, ServiceSafePoint> many = new HashMap<>();
    for (int i = 0; i < 1000; i++) {
      many.put("backup-" + i, new ServiceSafePoint(50, 2000));
    }
    SafePoints points = new SafePoints(0, many);
    ServiceSafePoint withdrawn = new ServiceSafePoint(0, 0);
    int left = 1000;
    while (left > 0) {
      List<String> expired = points.onProposed("cdc", withdrawn, 2000);
      assertThat(expired).contains("cdc").hasSizeBetween(2, SafePoints.EXPIRED_AT_ONCE_MAX);
      points.put("cdc", withdrawn, expired);
      left -= expired.size() - 1;
    }
    assertThat(left).isZero();
    assertThat(points.onProposed("cdc", withdrawn, 2000)).containsExactly("cdc");
  }

  @Test
  void onlySoManyServicesHaveAClaim() {
    SafePoints points = new SafePoints(0, Map.of());
    for (int i = 0; i < SafePoints.SERVICES_MAX; i++) {
      assertThat(points.hasRoomFor("service-" + i, 1000)).isTrue();
      points.onProposed("service-" + i, new ServiceSafePoint(50, 2000), 1000);
    }
    assertThat(points.hasRoomFor("another", 1000)).isFalse();
    assertThat(points.hasRoomFor("service-7", 1000)).as("renews its claim").isTrue();
    assertThat(points.hasRoomFor("another", 2000)).as("once others have expired").isTrue();
  }

  @Test
  void theCollectorsPointNeverMovesBack() {
    SafePoints points = new SafePoints(10, Map.of());
    assertThat(points.onGcProposed(5)).isEqualTo(10);
    points.advance(5);
    assertThat(points.gcSafePoint()).isEqualTo(10);
  }
}
