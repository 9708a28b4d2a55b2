package dev.flotilla.security;

import static org.assertj.core.api.Assertions.assertThat;

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
}
