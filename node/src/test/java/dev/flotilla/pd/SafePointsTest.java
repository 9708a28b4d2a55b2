package dev.flotilla.pd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.pd.Records.ServiceSafePoint;
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

  @Test
  void theCollectorsPointNeverMovesBack() {
    SafePoints points = new SafePoints(10, Map.of());
    assertThat(points.onGcProposed(5)).isEqualTo(10);
    points.advance(5);
    assertThat(points.gcSafePoint()).isEqualTo(10);
  }
}
