package dev.flotilla.coprocessor.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.coprocessor.api.RejectedException.Code;
import org.junit.jupiter.api.Test;

class RejectedExceptionTest {
  /** Clients are sent it, and it is logged. */
  @Test
  void aReasonIsCutOffWhereItIsTooLong() {
    String longest = "x".repeat(RejectedException.REASON_LENGTH_MAX);
    assertThat(new RejectedException(Code.DENIED, longest).reason()).isEqualTo(longest);
    assertThat(new RejectedException(Code.DENIED, longest + "y").reason())
        .hasSize(RejectedException.REASON_LENGTH_MAX)
        .startsWith("xxx")
        .endsWith("xx...");
  }

  /** As of another failure that says nothing. */
  @Test
  @SuppressWarnings("NullAway") // plugins may be compiled without
  void aReasonMayBeMissing() {
    assertThat(new RejectedException(Code.DENIED, null).reason()).isEqualTo("null");
  }
}
