package dev.flotilla.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostPortTest {
  /** Whoever connects to a wildcard gets his own machine, and takes it for the other. */
  @ParameterizedTest
  @CsvSource({
    "0.0.0.0:20180,  n7:20160,    n7:20180",
    "[::]:20180,     [fd00::7]:1, [fd00::7]:20180",
    "10.0.0.7:20180, n7:20160,    10.0.0.7:20180",
    "localhost:1,    n7:20160,    localhost:1"
  })
  void othersConnectToTheHostThatTheyKnow(String listened, String known, String reached) {
    assertThat(HostPort.parse(listened).reachedAt(HostPort.parse(known))).hasToString(reached);
  }
}
