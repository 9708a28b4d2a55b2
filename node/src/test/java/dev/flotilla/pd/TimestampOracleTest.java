package dev.flotilla.pd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.pd.TimestampOracle.Timestamp;
import org.junit.jupiter.api.Test;

class TimestampOracleTest {
  private static final int MOST = (int) TimestampOracle.LOGICAL_MAX - 1;

  private static long version(Timestamp timestamp) {
    return (timestamp.physical() << 18) + timestamp.logical();
  }

  @Test
  void followsTheWallClockUpToTheBound() {
    TimestampOracle oracle = new TimestampOracle(1000, 4000);
    assertThat(oracle.take(1, 1500)).isEqualTo(new Timestamp(1500, 1));
    assertThat(oracle.take(5, 1500)).isEqualTo(new Timestamp(1500, 6));
    assertThat(oracle.canTake(1, 3999)).isTrue();
    assertThat(oracle.canTake(1, 4000)).isFalse();
    oracle.extendTo(7000);
    assertThat(oracle.canTake(1, 4000)).isTrue();
  }

  @Test
  void growsWhenTheWallClockGoesBack() {
    TimestampOracle oracle = new TimestampOracle(1000, 100_000);
    long last = version(oracle.take(1, 5000));
    for (long wall : new long[] {5000, 4000, 1, 4999}) {
      long next = version(oracle.take(1, wall));
      assertThat(next).isGreaterThan(last);
      last = next;
    }
  }

  @Test
  void neverRunsOverTheCounterOfAMillisecond() {
    TimestampOracle oracle = new TimestampOracle(1000, 100_000);
    Timestamp full = oracle.take(MOST, 1000);
    Timestamp next = oracle.take(MOST, 1000);
    assertThat(full.logical()).isLessThan(TimestampOracle.LOGICAL_MAX);
    assertThat(next.physical()).isEqualTo(full.physical() + 1);
    assertThat(version(next) - MOST).isGreaterThanOrEqualTo(version(full));
  }

  @Test
  void aFullMillisecondDoesNotPassTheBound() {
    TimestampOracle oracle = new TimestampOracle(1000, 1001);
    oracle.take(MOST, 1000);
    assertThat(oracle.canTake(1, 1000)).isFalse();
  }

  @Test
  void aSuccessorStartsPastEverythingThatCouldHaveBeenGivenOut() {
    TimestampOracle first = new TimestampOracle(1000, 4000);
    long last = version(first.take(1, 3999));
    long start = TimestampOracle.start(4000, 2000);
    TimestampOracle second = new TimestampOracle(start, start + 3000);
    assertThat(version(second.take(1, 2000))).isGreaterThan(last);
  }
}
