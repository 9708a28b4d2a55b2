package dev.flotilla.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RangeChecksumTest {
  private static ByteString text(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static RangeChecksum sum(String... keysAndValues) {
    RangeChecksum sum = new RangeChecksum();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      sum.add(text(keysAndValues[i]), text(keysAndValues[i + 1]));
    }
    return sum;
  }

  /** The check value that the catalogue of CRCs gives for CRC-64/XZ. */
  @ParameterizedTest
  @CsvSource({"123456789, ''", "'', 123456789", "1234, 56789"})
  void isCrc64XzOfKeyAndValue(String key, String value) {
    assertThat(sum(key, value).checksum()).isEqualTo(0x995dc9bbdf1939faL);
  }

  @Test
  void isZeroOfNothing() {
    RangeChecksum sum = new RangeChecksum();
    assertThat(sum.checksum()).isZero();
    assertThat(sum.pairs()).isZero();
    assertThat(sum.bytes()).isZero();
  }

  @Test
  void partsCanBePutTogetherInAnyOrder() {
    long whole = sum("a", "1", "b", "2", "c", "3").checksum();
    assertThat(sum("c", "3", "a", "1", "b", "2").checksum()).isEqualTo(whole);
    assertThat(sum("a", "1").checksum() ^ sum("b", "2", "c", "3").checksum()).isEqualTo(whole);
  }

  @Test
  void countsPairsAndTheirBytes() {
    RangeChecksum sum = sum("a", "12", "bcd", "");
    assertThat(sum.pairs()).isEqualTo(2);
    assertThat(sum.bytes()).isEqualTo(6);
  }
}
