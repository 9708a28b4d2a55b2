package dev.flotilla.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThreadsConfigTest {
  @ParameterizedTest
  @CsvSource({"0, 1, 1", "0, 2, 1", "0, 3, 1", "0, 16, 8", "0, 500, 64", "3, 1, 3", "64, 2, 64"})
  void eventLoopsFollowTheProcessorsUnlessGiven(int given, int processors, int loops) {
    assertThat(new ThreadsConfig(2, 2, given).serverLoops(processors)).isEqualTo(loops);
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 1", "0, 2, 1", "0, 7, 1", "0, 8, 2", "0, 16, 4", "0, 500, 64", "3, 1, 3"})
  void applyWorkersFollowTheProcessorsUnlessGiven(int given, int processors, int workers) {
    assertThat(new ThreadsConfig(given, 2, 0).applyWorkers(processors)).isEqualTo(workers);
  }
}
