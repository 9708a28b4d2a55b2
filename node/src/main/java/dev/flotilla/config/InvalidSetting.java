package dev.flotilla.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A setting that cannot be used. The text says which one and what is allowed. */
public final class InvalidSetting extends RuntimeException {
  private final String key;
  private final @Nullable String range;
  private final List<String> others;

  /**
   * A fault in {@code key}.
   *
   * @param reason completes the sentence "key: ..."
   * @param others keys without whose values this one would be no fault
   */
  public InvalidSetting(String key, String reason, String... others) {
    this(key, reason, null, List.of(others));
  }

  private InvalidSetting(String key, String reason, @Nullable String range, List<String> others) {
    super(key + ": " + reason);
    this.key = key;
    this.range = range;
    this.others = others;
  }

  /** A value of {@code key} that is not within its range. */
  static InvalidSetting outside(
      String key, String value, String min, String max, String... others) {
    String range = "is not within " + min + " to " + max;
    return new InvalidSetting(key, value + " " + range, range, List.of(others));
  }

  /** The key within its section. */
  public String key() {
    return key;
  }

  /** What is wrong, when it is the range, and completes the sentence "value ..."; else null. */
  public @Nullable String range() {
    return range;
  }

  /** Keys, named as {@link #key} is, on which it depends whether its value can be used. */
  public List<String> others() {
    return others;
  }
}
