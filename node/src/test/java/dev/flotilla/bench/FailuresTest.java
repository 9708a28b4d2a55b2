package dev.flotilla.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What failed and when. */
class FailuresTest {
  private final Failures failures = new Failures();

  @Test
  void theLastOneIsTold() {
    failures.add(new IllegalStateException("busy"));
    failures.add(new IllegalStateException());
    assertThat(failures.seen()).isEqualTo(new Failures.Seen(2, "java.lang.IllegalStateException"));
  }

  /** A result would tell of no errors and of one beside it. */
  @Test
  void whatFailedBeforeTheMeasurementIsNotOfIt() {
    failures.add(new IllegalStateException("no leader"));
    failures.clear();
    assertThat(failures.seen()).isEqualTo(new Failures.Seen(0, null));
  }
}
