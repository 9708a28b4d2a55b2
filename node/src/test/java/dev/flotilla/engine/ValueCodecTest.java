package dev.flotilla.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValueCodecTest {
  private static final HexFormat HEX = HexFormat.of();

  @ParameterizedTest
  @CsvSource({
    "'', 0, 0000000000000000",
    "616263, 0, 6162630000000000000000",
    "61, 258, 610000000000000102",
    "61, 9223372036854775807, 617fffffffffffffff"
  })
  void encodesAndDecodes(String value, long expiryMillis, String stored) {
    byte[] bytes = HEX.parseHex(stored);
    assertThat(ValueCodec.encode(HEX.parseHex(value), expiryMillis)).isEqualTo(bytes);
    assertThat(ValueCodec.value(bytes)).isEqualTo(HEX.parseHex(value));
    assertThat(ValueCodec.valueLength(bytes)).isEqualTo(value.length() / 2);
    assertThat(ValueCodec.expiryMillis(bytes)).isEqualTo(expiryMillis);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, false",
    "0, 9223372036854775807, false",
    "1000, 999, false",
    "1000, 1000, true",
    "1000, 1001, true",
    "9223372036854775807, 9223372036854775806, false"
  })
  void expires(long expiryMillis, long unixMillis, boolean expired) {
    byte[] stored = ValueCodec.encode(new byte[3], expiryMillis);
    assertThat(ValueCodec.isExpired(stored, unixMillis)).isEqualTo(expired);
  }

  @ParameterizedTest
  @CsvSource({
    "5000, 0, 0",
    "5000, 1, 6000",
    "0, 9223372036854775, 9223372036854775000",
    "807, 9223372036854775, 9223372036854775807",
    "808, 9223372036854775, 9223372036854775807",
    "0, 9223372036854776, 9223372036854775807",
    "0, 9223372036854775807, 9223372036854775807",
    "0, -1, 9223372036854775807",
    "9223372036854775807, 1, 9223372036854775807"
  })
  void addsTimeToLive(long unixMillis, long ttlSeconds, long expiryMillis) {
    assertThat(ValueCodec.expiryAfter(unixMillis, ttlSeconds)).isEqualTo(expiryMillis);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 500, 0",
    "1000, 0, 1",
    "1001, 0, 2",
    "1001, 1000, 1",
    "1000, 5000, 1",
    "9223372036854775807, -9223372036854775808, 9223372036854776"
  })
  void tellsTheTimeLeft(long expiryMillis, long unixMillis, long ttlSeconds) {
    byte[] stored = ValueCodec.encode(new byte[0], expiryMillis);
    assertThat(ValueCodec.ttlSeconds(stored, unixMillis)).isEqualTo(ttlSeconds);
  }

  @Test
  void refusesWhatCannotBe() {
    assertThatThrownBy(() -> ValueCodec.encode(new byte[0], -1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ValueCodec.expiryAfter(-1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ValueCodec.value(new byte[7])).isInstanceOf(EngineException.class);
    assertThatThrownBy(() -> ValueCodec.expiryMillis(HEX.parseHex("ff00000000000000")))
        .isInstanceOf(EngineException.class);
  }
}
