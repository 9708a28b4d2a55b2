package dev.flotilla.plugins.splitrowguard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.CoprocessorConfig;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowLayoutTest {

  @ParameterizedTest
  @CsvSource({"abcdef, abcd", "abcd, abcd", "abc, abc"})
  void byPrefixLength(String key, String row) {
    assertThat(RowLayout.prefixLength(4).rowOf(Bytes.utf8(key))).isEqualTo(Bytes.utf8(row));
  }

  @ParameterizedTest
  @CsvSource({
    "1, user7::name, user7::",
    "1, user7::, user7::",
    "1, user7:name, user7:name",
    "2, t::user7::name::x, t::user7::",
    "2, t::user7, t::user7"
  })
  void bySeparator(int occurrence, String key, String row) {
    assertThat(RowLayout.separator(Bytes.utf8("::"), occurrence).rowOf(Bytes.utf8(key)))
        .isEqualTo(Bytes.utf8(row));
  }

  @Test
  void byTidbRecord() {
    Bytes row = record(1, 42);
    assertThat(TidbRows.RAW.rowOf(row.concat(Bytes.utf8("_col")))).isEqualTo(row);
    assertThat(TidbRows.RAW.rowOf(row)).isEqualTo(row);
    assertThat(TidbRows.RAW.rowOf(row.slice(0, 18))).isEqualTo(row.slice(0, 18));

    Bytes index = Bytes.utf8("t12345678_i1234567890");
    assertThat(TidbRows.RAW.rowOf(index)).isEqualTo(index);
    assertThat(TidbRows.ENCODED.rowOf(TidbRows.encode(index))).isEqualTo(TidbRows.encode(index));
  }

  @Test
  void byEncodedTidbRecord() {
    Bytes row = TidbRows.encode(record(1, 42));
    Bytes version = Bytes.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});

    assertThat(TidbRows.ENCODED.rowOf(TidbRows.encode(record(1, 42).concat(Bytes.utf8("_col")))))
        .isEqualTo(row);
    assertThat(TidbRows.ENCODED.rowOf(row.concat(version))).isEqualTo(row);
    assertThat(TidbRows.ENCODED.rowOf(row)).isEqualTo(row);
    Bytes other = Bytes.utf8("not encoded at all");
    assertThat(TidbRows.ENCODED.rowOf(other)).isEqualTo(other);
  }

  @Test
  void encodingKeepsBytesAndOrder() {
    Random random = new Random(7);
    Bytes last = Bytes.empty();
    for (int i = 0; i < 2_000; i++) {
      byte[] raw = new byte[random.nextInt(20)];
      for (int j = 0; j < raw.length; j++) {
        raw[j] = (byte) (random.nextInt(3) - 1);
      }
      Bytes next = Bytes.wrap(raw);
      assertThat(TidbRows.decode(TidbRows.encode(next))).isEqualTo(next);
      assertThat(Integer.signum(TidbRows.encode(next).compareTo(TidbRows.encode(last))))
          .isEqualTo(Integer.signum(next.compareTo(last)));
      last = next;
    }
  }

  @Test
  void settingsAreChecked() {
    for (Map<String, String> wrong :
        Arrays.asList(
            Map.<String, String>of(),
            Map.of("layout", "rows"),
            Map.of("layout", "prefix-length"),
            Map.of("layout", "prefix-length", "prefix-length", "0"),
            Map.of("layout", "separator"),
            Map.of("layout", "separator", "separator", "0xzz"))) {
      assertThatThrownBy(() -> RowLayout.of(new CoprocessorConfig(wrong)))
          .as("%s", wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
    RowLayout zero =
        RowLayout.of(new CoprocessorConfig(Map.of("layout", "separator", "separator", "0x00")));
    assertThat(zero.rowOf(Bytes.utf8("a\0b"))).isEqualTo(Bytes.utf8("a\0"));
  }

  private static Bytes record(long table, long handle) {
    return Bytes.utf8("t").concat(number(table)).concat(Bytes.utf8("_r")).concat(number(handle));
  }

  /** TiDB flips the sign bit, so that numbers order as bytes. */
  private static Bytes number(long number) {
    byte[] bytes = new byte[8];
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) ((number ^ Long.MIN_VALUE) >>> (56 - 8 * i));
    }
    return Bytes.wrap(bytes);
  }
}
