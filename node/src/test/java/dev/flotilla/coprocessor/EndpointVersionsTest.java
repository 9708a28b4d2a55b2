package dev.flotilla.coprocessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.raftstore.Refusal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranges of versions, by Cargo's rules. */
class EndpointVersionsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "NONE",
      value = {
        "1.2.3 | ''            | NONE",
        "1.2.3 | *             | NONE",
        "1.2.3 | 1.2.3         | NONE",
        "1.9.0 | 1.2.3         | NONE",
        "1.9.0 | 1.2           | NONE",
        "1.9.0 | 1             | NONE",
        "2.0.0 | 1.2.3         | is of version 2.0.0, not of 1.2.3",
        "1.2.2 | 1.2.3         | is of version 1.2.2, not of 1.2.3",
        "0.2.0 | 0.1.5         | is of version 0.2.0, not of 0.1.5",
        "0.1.9 | ^0.1.5        | NONE",
        "1.2.9 | ~1.2.3        | NONE",
        "1.3.0 | ~1.2.3        | is of version 1.3.0, not of ~1.2.3",
        "1.2.3 | =1.2.3        | NONE",
        "1.2.4 | =1.2.3        | is of version 1.2.4, not of =1.2.3",
        "1.5.0 | '>=1.2, <1.6' | NONE",
        "1.6.0 | '>=1.2, <1.6' | 'is of version 1.6.0, not of >=1.2, <1.6'",
        "1.6.0 | 1.*           | NONE",
        "1.0.0-SNAPSHOT | *    | NONE",
        "1.2.9 | =1.2          | NONE",
        "1.3.0 | =1.2          | is of version 1.3.0, not of =1.2",
        "1.9.9 | =1            | NONE",
        "1.3.0 | >1.2          | NONE",
        "1.2.9 | >1.2          | is of version 1.2.9, not of >1.2",
        "2.0.0 | >1            | NONE",
        "1.9.0 | >1            | is of version 1.9.0, not of >1",
        "1.2.3 | >1.2.3        | is of version 1.2.3, not of >1.2.3",
        "1.2.0 | >=1.2         | NONE",
        "1.1.9 | >=1.2         | is of version 1.1.9, not of >=1.2",
        "1.2.9 | <=1.2         | NONE",
        "1.3.0 | <=1.2         | is of version 1.3.0, not of <=1.2",
        "1.9.0 | <=1           | NONE",
        "1.1.9 | <1.2          | NONE",
        "1.2.0 | <1.2          | is of version 1.2.0, not of <1.2",
        "1.2.3 | <=1.2.3       | NONE",
        "1.2.9 | ~1.2          | NONE",
        "1.3.0 | ~1.2          | is of version 1.3.0, not of ~1.2",
        "1.9.0 | ~1            | NONE",
        "0.9.0 | 0             | NONE",
        "0.0.9 | 0.0           | NONE",
        "0.1.0 | 0.0           | is of version 0.1.0, not of 0.0",
        "0.0.3 | 0.0.3         | NONE",
        "0.0.4 | 0.0.3         | is of version 0.0.4, not of 0.0.3",
        "1.1.9 | ^1.2          | is of version 1.1.9, not of ^1.2",
        "1.3.0 | '>= 1.2, < 2' | NONE",
        "1.2.7 | 1.2.*         | NONE",
        "1.3.0 | 1.2.x         | is of version 1.3.0, not of 1.2.x",
        "1.2.3+b7 | =1.2.3     | NONE",
        "1.2.3-b  | 1.2        | is of version 1.2.3-b, not of 1.2",
        "1.2.3-b  | >=1.0.0-a  | is of version 1.2.3-b, not of >=1.0.0-a",
        "1.2.3-b  | <2         | is of version 1.2.3-b, not of <2",
        "1.2.3-b  | >=1.2.3-a  | NONE",
        "1.2.3-a  | 1.2.3-b    | is of version 1.2.3-a, not of 1.2.3-b",
        "1.2.3-b  | =1.2.3-b   | NONE",
        "1.2.3    | >1.2.3-b   | NONE",
        "1.2.3-b  | '1, >1.2.3-a' | NONE",
        "1.0.0 | 1.*.3         | cannot tell whether version 1.0.0 is of 1.*.3",
        "1.0.0 | 1.0.0.0       | cannot tell whether version 1.0.0 is of 1.0.0.0",
        "1.0.0 | 1-a           | cannot tell whether version 1.0.0 is of 1-a",
        "1.0.0 | '*, 1'        | 'cannot tell whether version 1.0.0 is of *, 1'",
        "1.0.0 | 99999999999999999999 | cannot tell whether version 1.0.0 is of 99999999999999999999",
        "1.0.0 | sometime      | cannot tell whether version 1.0.0 is of sometime",
        "1.0.0 | '1.0,'        | 'cannot tell whether version 1.0.0 is of 1.0,'",
        "new   | 1             | cannot tell whether version new is of 1",
      })
  void areRead(String version, String wanted, String refusal) {
    String told = null;
    try {
      EndpointVersions.check("p", version, wanted);
    } catch (Refusal.Rejected refused) {
      told = refused.reason;
    }
    assertThat(told).isEqualTo(refusal);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1,", "(", "^"})
  void areShort(String part) {
    for (int times : new int[] {100, 20_000}) {
      assertThatThrownBy(() -> EndpointVersions.check("p", "1.0.0", part.repeat(times)))
          .isInstanceOf(Refusal.Rejected.class);
    }
  }
}
