package dev.flotilla.config;

import java.math.BigInteger;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations and sizes as people write them: {@code 100ms}, {@code 5m}, {@code 8MiB}. One that is
 * past the range of a long is past every setting's range as well, and read as the greatest long.
 */
public final class SettingText {
  private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d+)\\s*([a-zA-Z]*)");

  /** Largest first, as printing looks for the largest that divides. */
  private static final Map<String, Long> MILLIS = new LinkedHashMap<>();

  private static final Map<String, Long> BYTES = new LinkedHashMap<>();

  static {
    MILLIS.put("d", 86_400_000L);
    MILLIS.put("h", 3_600_000L);
    MILLIS.put("m", 60_000L);
    MILLIS.put("s", 1000L);
    MILLIS.put("ms", 1L);
    BYTES.put("TiB", 1L << 40);
    BYTES.put("GiB", 1L << 30);
    BYTES.put("MiB", 1L << 20);
    BYTES.put("KiB", 1L << 10);
    BYTES.put("B", 1L);
  }

  private SettingText() {}

  /**
   * Reads a duration; the unit must be there.
   *
   * @throws IllegalArgumentException saying what is expected
   */
  public static Duration parseDuration(String text) {
    String expected = "'" + text + "' is not a duration such as 100ms, 10s, 5m or 1h";
    return Duration.ofMillis(parse(text, MILLIS, expected));
  }

  /**
   * Reads a size in bytes. A number without a unit is bytes; KB and MB are not taken, as some mean
   * 1000 by them and some 1024.
   *
   * @throws IllegalArgumentException saying what is expected
   */
  public static long parseBytes(String text) {
    String expected = "'" + text + "' is not a size such as 512KiB, 8MiB or 1GiB";
    String withUnit = text.chars().allMatch(Character::isDigit) ? text + "B" : text;
    return parse(withUnit, BYTES, expected);
  }

  private static long parse(String text, Map<String, Long> units, String expected) {
    Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
    Long unit = matcher.matches() ? units.get(matcher.group(2)) : null;
    if (unit == null) {
      throw new IllegalArgumentException(expected);
    }
    return new BigInteger(matcher.group(1))
        .multiply(BigInteger.valueOf(unit))
        .min(BigInteger.valueOf(Long.MAX_VALUE))
        .longValue();
  }

  /** The duration in the largest unit that has no remainder; {@code 0s} for none. */
  public static String of(Duration duration) {
    return duration.isZero() ? "0s" : print(duration.toMillis(), MILLIS);
  }

  /** The size in the largest unit that has no remainder; {@code 0B} for none. */
  public static String ofBytes(long bytes) {
    return bytes == 0 ? "0B" : print(bytes, BYTES);
  }

  private static String print(long value, Map<String, Long> units) {
    for (Map.Entry<String, Long> unit : units.entrySet()) {
      if (value % unit.getValue() == 0) {
        return value / unit.getValue() + unit.getKey();
      }
    }
    throw new AssertionError("the smallest unit divides everything");
  }
}
