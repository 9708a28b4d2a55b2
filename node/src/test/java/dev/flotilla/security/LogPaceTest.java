package dev.flotilla.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogPaceTest {
  @Test
  void allowsTheFirstLineAndThenOneASecond() {
    AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 10);
    LogPace pace = new LogPace(nanos::get);
    assertThat(pace.allows()).isTrue();
    assertThat(pace.allows()).isFalse();
    nanos.addAndGet(999_999_999);
    assertThat(pace.allows()).isFalse();
    nanos.incrementAndGet();
    assertThat(pace.allows()).isTrue();
    assertThat(pace.allows()).isFalse();
  }

  /** What goes on for hours is told each minute, and does not hide what is new. */
  @Test
  void allowsTheSameLineOnceAMinute() {
    AtomicLong nanos = new AtomicLong();
    LogPace pace = new LogPace(nanos::get);
    assertThat(pace.allows("one")).isTrue();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(pace.allows("one")).isFalse();
    assertThat(pace.allows("another")).isTrue();
    assertThat(pace.allows("a third")).as("within a second").isFalse();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(58));
    assertThat(pace.allows("one")).isFalse();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(pace.allows("one")).isTrue();
  }
}
