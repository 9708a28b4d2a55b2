package dev.flotilla.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyRangeTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static KeyRange range(String start, String end) {
    return new KeyRange(bytes(start), bytes(end));
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', '', true",
    "'', '', \u00ff, true",
    "b, d, b, true",
    "b, d, c\u00ff, true",
    "b, d, d, false",
    "b, d, a\u00ff, false",
    "b, '', \u00ff, true",
    "d, b, c, false",
    "b, b, b, false"
  })
  void containsKeys(String start, String end, String key, boolean expected) {
    assertThat(range(start, end).contains(bytes(key))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "a, c, b, d, true",
    "a, b, b, c, false",
    "a, '', b, c, true",
    "a, '', '', a, false",
    "'', '', '', '', true",
    "a, c, b, b, false",
    "a, z, y, b, false"
  })
  void intersects(String start1, String end1, String start2, String end2, boolean expected) {
    assertThat(range(start1, end1).intersects(range(start2, end2))).isEqualTo(expected);
    assertThat(range(start2, end2).intersects(range(start1, end1))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "a, d, b, c, true",
    "a, d, a, d, true",
    "a, d, a, '', false",
    "a, '', b, '', true",
    "b, d, a, c, false",
    "b, c, z, y, true"
  })
  void containsRanges(String start1, String end1, String start2, String end2, boolean expected) {
    assertThat(range(start1, end1).contains(range(start2, end2))).isEqualTo(expected);
  }

  @Test
  void comparesByContent() {
    assertThat(range("a", "b")).isEqualTo(range("a", "b")).hasSameHashCodeAs(range("a", "b"));
    assertThat(range("a", "b")).isNotEqualTo(range("a", "c"));
    assertThat(range("a", "")).hasToString("[61, unbounded)");
  }

  @Test
  void coversPrefixes() {
    assertThat(KeyRange.ofPrefix(bytes("a\u00ff"))).isEqualTo(range("a\u00ff", "b"));
    assertThat(KeyRange.ofPrefix(bytes("\u00ff\u00ff"))).isEqualTo(range("\u00ff\u00ff", ""));
    assertThat(KeyRange.ofPrefix(bytes(""))).isEqualTo(KeyRange.ALL);
  }

  @Test
  void namesFamilies() {
    assertThat(Cf.of("")).contains(Cf.DEFAULT);
    for (Cf cf : Cf.values()) {
      assertThat(Cf.of(cf.diskName())).contains(cf);
    }
    assertThat(Cf.of("Default")).isEmpty();
  }
}
