package dev.flotilla.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestsTest {
  @ParameterizedTest
  @ValueSource(longs = {0, 7, 99_999, 999_999_999_999L, 1_000_000_000_000L, Long.MAX_VALUE})
  void keysHaveTwelveDigitsOrMore(long number) {
    assertThat(Requests.key(number))
        .isEqualTo(ByteString.copyFromUtf8(String.format("bench-%012d", number)));
  }
}
