package dev.flotilla.plugins.splitrowguard;

import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.CoprocessorConfig;
import java.util.HexFormat;

/**
 * Where rows begin in the order of keys. A function of the key alone.
 *
 * <p>A row's keys share a prefix, the row's own; so the prefix itself comes before all of them, and
 * a region that begins with it has the row whole.
 */
interface RowLayout {

  /**
   * The prefix of the row that {@code key} is in; {@code key} itself when it is not inside of a
   * row.
   */
  Bytes rowOf(Bytes key);

  /** The layout that the settings ask for; IllegalArgumentException says which one is wrong. */
  static RowLayout of(CoprocessorConfig config) {
    String layout = config.text("layout", "");
    return switch (layout) {
      case "prefix-length" -> prefixLength(Math.toIntExact(config.number("prefix-length", 0, 1)));
      case "separator" -> separator(bytes(config.text("separator", "")), occurrence(config));
      case "tidb" -> config.flag("encoded", true) ? TidbRows.ENCODED : TidbRows.RAW;
      default ->
          throw new IllegalArgumentException(
              "layout must be prefix-length, separator or tidb, not '" + layout + "'");
    };
  }

  private static long occurrence(CoprocessorConfig config) {
    return config.number("separator-occurrence", 1, 1);
  }

  /** Rows whose keys share their first {@code length} bytes. */
  static RowLayout prefixLength(int length) {
    if (length < 1) {
      throw new IllegalArgumentException("prefix-length must be set");
    }
    return key -> key.length() > length ? key.slice(0, length) : key;
  }

  /** Rows whose keys are alike up to the {@code occurrence}th {@code separator}, with it. */
  static RowLayout separator(Bytes separator, long occurrence) {
    if (separator.isEmpty()) {
      throw new IllegalArgumentException("separator must be set");
    }
    return key -> {
      long left = occurrence;
      int at = 0;
      while (at + separator.length() <= key.length()) {
        if (!key.slice(at, key.length()).startsWith(separator)) {
          at++;
          continue;
        }
        at += separator.length();
        if (--left == 0) {
          return key.slice(0, at);
        }
      }
      return key;
    };
  }

  /** A text, or hexadecimal digits after {@code 0x}. */
  private static Bytes bytes(String text) {
    return text.startsWith("0x")
        ? Bytes.wrap(HexFormat.of().parseHex(text, 2, text.length()))
        : Bytes.utf8(text);
  }
}
