package dev.flotilla.raftstore.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RegionSizeHintTest {
  private static final long DIFF = 10;
  private static final long MAX = 100;

  private final RegionSizeHint size = new RegionSizeHint();

  private boolean takesCheck() {
    return size.takeCheck(DIFF, MAX);
  }

  private void grows(long bytes) {
    size.onApplied(bytes, 0);
  }

  @Test
  void isCheckedBeforeItWasMeasuredAndWhenItHasGrown() {
    assertThat(takesCheck()).isTrue();
    size.onMeasured(50);
    assertThat(takesCheck()).isFalse();
    grows(9);
    assertThat(takesCheck()).isFalse();
    grows(1);
    assertThat(takesCheck()).isTrue();
    assertThat(takesCheck()).isFalse();
    assertThat(size.approximateBytes()).isEqualTo(60);
  }

  /** No worker, driver or plugin that was in the way once may leave it so for good. */
  @Test
  void isCheckedAgainNowAndThenWhileItIsTooLarge() {
    assertThat(takesCheck()).isTrue();
    size.onMeasured(MAX);
    for (int pause : new int[] {6, 12, 24, 48, 96, 192, 384, 384}) {
      for (int i = 1; i < pause; i++) {
        assertThat(takesCheck()).isFalse();
      }
      assertThat(takesCheck()).isTrue();
    }
    size.reset();
    assertThat(takesCheck()).as("split").isTrue();
    size.onMeasured(MAX - 1);
    for (int i = 0; i < 20; i++) {
      assertThat(takesCheck()).isFalse();
    }
  }
}
