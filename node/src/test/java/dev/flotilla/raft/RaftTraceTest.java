package dev.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RaftTraceTest {
  private final List<String> lines = new ArrayList<>();
  private final RaftTrace trace =
      new RaftTrace(
          1002,
          new RaftLogger() {
            @Override
            public boolean isEnabled(Level level) {
              return true;
            }

            @Override
            public void log(Level level, String text) {
              lines.add(text);
            }
          });

  /** As all else that shows peers does, so that one can be looked for by its id. */
  @Test
  void idsAreDecimal() {
    trace.quorumLost();
    trace.notAMember(1010);
    assertThat(lines)
        .containsExactly(
            "1002 stepped down to follower since quorum is not active",
            "1002 no progress available for 1010");
  }
}
