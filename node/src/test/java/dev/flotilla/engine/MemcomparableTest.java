package dev.flotilla.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemcomparableTest {
  private static final HexFormat HEX = HexFormat.of();

  @ParameterizedTest
  @CsvSource({
    "'', 0000000000000000f7",
    "010203, 0102030000000000fa",
    "01020300, 0102030000000000fb",
    "0102030405060708, 0102030405060708ff0000000000000000f7",
    "010203040506070809, 0102030405060708ff0900000000000000f8"
  })
  void encodesAndDecodes(String plain, String encoded) {
    assertThat(HEX.formatHex(Memcomparable.encode(HEX.parseHex(plain)))).isEqualTo(encoded);
    assertThat(HEX.formatHex(Memcomparable.decode(HEX.parseHex(encoded)))).isEqualTo(plain);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "00000000000000f7", // short group
        "0102030405060708ff", // no last group
        "0102030000000001fa", // padding that is not zero
        "0102030000000000f6", // more padding than a group has
        "0102030000000000fa00" // more than one code
      })
  void refusesWhatIsNoCode(String hex) {
    byte[] bytes = HEX.parseHex(hex);
    assertThat(Memcomparable.isEncoded(bytes)).isFalse();
    assertThatThrownBy(() -> Memcomparable.decode(bytes))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void findsTheCodeBeforeATimestamp() {
    byte[] code = Memcomparable.encode(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
    assertThat(Memcomparable.encodedLength(Arrays.copyOf(code, code.length + 8)))
        .isEqualTo(code.length);
    assertThat(Memcomparable.encodedLength(new byte[8])).isEqualTo(-1);
  }

  @Test
  void keepsTheOrder() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      byte[] a = randomKey(random);
      byte[] b = randomKey(random);
      byte[] codeA = Memcomparable.encode(a);
      byte[] codeB = Memcomparable.encode(b);
      assertThat(Integer.signum(Arrays.compareUnsigned(codeA, codeB)))
          .isEqualTo(Integer.signum(Arrays.compareUnsigned(a, b)));
      assertThat(Memcomparable.decode(codeA)).isEqualTo(a);
    }
  }

  private static byte[] randomKey(Random random) {
    byte[] key = new byte[random.nextInt(20)];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (random.nextInt(3) - 1);
    }
    return key;
  }
}
