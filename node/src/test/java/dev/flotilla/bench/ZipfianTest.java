package dev.flotilla.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZipfianTest {
  @Test
  void ranksAreAskedForInProportion() {
    int keys = 1000;
    int draws = 200_000;
    KeyChooser.Zipfian zipfian = new KeyChooser.Zipfian(keys, new SplittableRandom(1));
    int[] counts = new int[keys];
    for (int i = 0; i < draws; i++) {
      counts[(int) zipfian.nextRank()]++;
    }
    double sum = 0;
    for (int k = 1; k <= keys; k++) {
      sum += 1 / Math.pow(k, 0.99);
    }
    assertThat(counts[0] / (double) draws).isBetween(0.95 / sum, 1.05 / sum);
    assertThat(counts[1] / (double) draws)
        .isBetween(0.93 / Math.pow(2, 0.99) / sum, 1.07 / Math.pow(2, 0.99) / sum);
    assertThat(counts[0]).isGreaterThan(counts[9] * 5);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 1000})
  void staysWithinTheKeys(long keys) {
    KeyChooser chooser =
        KeyChooser.of(KeyChooser.Distribution.ZIPFIAN, keys, new SplittableRandom(2));
    for (int i = 0; i < 10_000; i++) {
      assertThat(chooser.next()).isBetween(0L, keys - 1);
    }
  }

  @Test
  void workloadsHaveTheirShares() {
    assertThat(Workload.A.kind(49)).isEqualTo(Workload.Kind.GET);
    assertThat(Workload.A.kind(50)).isEqualTo(Workload.Kind.PUT);
    assertThat(Workload.E.kind(94)).isEqualTo(Workload.Kind.SCAN);
    assertThat(Workload.E.kind(95)).isEqualTo(Workload.Kind.INSERT);
    assertThat(Workload.ECHO.kind(0)).isEqualTo(Workload.Kind.ECHO);
  }
}
