package dev.flotilla.verticle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreWorkersTest {
  private static final int REGIONS = 1000;

  /** A split takes an id for the region and one for each of its peers. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 6})
  void everyWorkerHasItsShareOfRegionsWhateverTheStepOfTheirIds(int step) {
    for (int workers = 1; workers <= 8; workers++) {
      int[] regions = new int[workers];
      for (int i = 0; i < REGIONS; i++) {
        regions[StoreWorkers.workerOf(1002 + (long) step * i, workers)]++;
      }
      for (int share : regions) {
        assertThat(share).isBetween(REGIONS / workers * 8 / 10, REGIONS / workers * 12 / 10 + 1);
      }
    }
  }
}
