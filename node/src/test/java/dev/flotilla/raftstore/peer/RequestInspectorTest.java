package dev.flotilla.raftstore.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RequestInspectorTest {
  private record Fixed(boolean hasAppliedToCurrentTerm, Lease.State inspectLease)
      implements RequestInspector {}

  @ParameterizedTest
  @CsvSource({
    "true, VALID, false, READ_LOCAL",
    "true, VALID, true, READ_INDEX",
    "true, SUSPECT, false, READ_INDEX",
    "true, EXPIRED, false, READ_INDEX",
    "false, VALID, false, READ_INDEX",
    "false, VALID, true, READ_INDEX",
    "false, SUSPECT, false, READ_INDEX",
    "false, EXPIRED, false, READ_INDEX"
  })
  void readIsLocalOnlyWhenNothingSpeaksAgainst(
      boolean applied, Lease.State lease, boolean quorum, RequestPolicy policy) {
    assertThat(new Fixed(applied, lease).inspect(CommandKind.READ, quorum)).isEqualTo(policy);
  }

  @ParameterizedTest
  @EnumSource(Lease.State.class)
  void writeAlwaysGoesThroughTheLog(Lease.State lease) {
    for (boolean applied : new boolean[] {true, false}) {
      for (boolean quorum : new boolean[] {true, false}) {
        assertThat(new Fixed(applied, lease).inspect(CommandKind.WRITE, quorum))
            .isEqualTo(RequestPolicy.PROPOSE_NORMAL);
      }
    }
  }
}
