package dev.flotilla.coprocessor.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BytesTest {

  @Test
  void slicesAreEqualByContent() {
    Bytes whole = Bytes.utf8("abcabc");
    assertThat(whole.slice(0, 3)).isEqualTo(whole.slice(3, 6)).hasSameHashCodeAs(whole.slice(3, 6));
    assertThat(whole.slice(1, 3).concat(Bytes.utf8("d")).toUtf8()).isEqualTo("bcd");
    assertThat(whole.slice(2, 2)).isEqualTo(Bytes.empty());
    assertThat(whole.startsWith(Bytes.utf8("abca"))).isTrue();
    assertThat(whole.slice(0, 3).startsWith(whole)).isFalse();
    assertThat(whole.slice(1, 2)).hasToString("0x62");
  }

  @Test
  void aCopyDoesNotChange() {
    byte[] array = {1, 2};
    Bytes copy = Bytes.copyOf(array);
    array[0] = 9;
    assertThat(copy.byteAt(0)).isEqualTo((byte) 1);
    copy.toArray()[1] = 9;
    assertThat(copy.byteAt(1)).isEqualTo((byte) 2);
  }

  @Test
  void aSliceEndsWhereItEnds() {
    Bytes slice = Bytes.utf8("abc").slice(1, 2);
    assertThatThrownBy(() -> slice.byteAt(1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> slice.slice(0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void ordersUnsignedAndPrefixFirst() {
    Bytes low = Bytes.wrap(new byte[] {0x7f});
    Bytes high = Bytes.wrap(new byte[] {(byte) 0x80});
    assertThat(low).isLessThan(high);
    assertThat(Bytes.utf8("a")).isLessThan(Bytes.utf8("ab"));
    assertThat(Bytes.empty()).isLessThan(low);
  }

  @ParameterizedTest
  @CsvSource({"x, whole number", "1.5, whole number", "4, at least 5"})
  void aNumberThatIsNoneNamesItsKey(String text, String problem) {
    CoprocessorConfig config = new CoprocessorConfig(Map.of("limit", text));
    assertThatThrownBy(() -> config.number("limit", 7, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("limit")
        .hasMessageContaining(problem);
  }

  @Test
  void settingsAreReadAsAsked() {
    CoprocessorConfig config = new CoprocessorConfig(Map.of("n", "1_000", "f", "true", "g", "yes"));
    assertThat(config.number("n", 0, 0)).isEqualTo(1000);
    assertThat(config.number("absent", 7, 100)).isEqualTo(7);
    assertThat(config.flag("f", false)).isTrue();
    assertThat(config.flag("absent", true)).isTrue();
    assertThat(config.text("absent", "x")).isEqualTo("x");
    assertThatThrownBy(() -> config.flag("g", false)).hasMessageContaining("g must be true or");
  }

  @Test
  void settingsThatNobodyAsksForAreKnown() {
    CoprocessorConfig config =
        new CoprocessorConfig(Map.of("a", "1", "b", "x", "c", "true"), Map.of("b", "p.toml:3"));
    assertThat(config.text("d", "")).isEmpty();
    assertThat(config.number("a", 0, 0)).isEqualTo(1);
    assertThat(config.unasked()).containsExactly("b", "c");
    assertThatThrownBy(() -> config.flag("b", false))
        .hasMessage("p.toml:3: b must be true or false, not x");
    assertThat(config.unasked()).containsExactly("c");
    assertThat(config.values()).hasSize(3);
    assertThat(config.unasked()).isEmpty();
  }

  @Test
  void aRejectionIsCheap() {
    RejectedException rejection =
        new RejectedException(RejectedException.Code.QUOTA, "too much", 50);
    assertThat(rejection.getStackTrace()).isEmpty();
    assertThat(rejection.reason()).isEqualTo("too much");
    assertThatThrownBy(() -> new RejectedException(RejectedException.Code.QUOTA, "x", -1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
