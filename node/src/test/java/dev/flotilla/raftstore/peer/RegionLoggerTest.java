package dev.flotilla.raftstore.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.raft.RaftLogger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegionLoggerTest {
  private final List<String> lines = new ArrayList<>();
  private final RaftLogger log =
      new RegionLogger(
          7,
          new RaftLogger() {
            @Override
            public boolean isEnabled(Level level) {
              return level == Level.WARN;
            }

            @Override
            public void log(Level level, String text) {
              lines.add(level + " " + text);
            }
          });

  @Test
  void aLineSaysOfWhichRegionItIs() {
    assertThat(log.isEnabled(RaftLogger.Level.WARN)).isTrue();
    assertThat(log.isEnabled(RaftLogger.Level.INFO)).isFalse();
    log.log(RaftLogger.Level.WARN, "1002 stepped down");
    assertThat(lines).containsExactly("WARN region 7: 1002 stepped down");
  }
}
