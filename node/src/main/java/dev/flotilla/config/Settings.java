package dev.flotilla.config;

import java.time.Duration;
import java.util.function.LongFunction;

/** Range checks; a message names the key and what is allowed, so that it can be put right. */
final class Settings {
  private Settings() {}

  /**
   * @param others keys that the bounds come from
   */
  static void range(String key, long value, long min, long max, String... others) {
    if (value < min || value > max) {
      LongFunction<String> text = key.contains("bytes") ? SettingText::ofBytes : Long::toString;
      throw InvalidSetting.outside(
          key, text.apply(value), text.apply(min), text.apply(max), others);
    }
  }

  /**
   * @param others keys that the bounds come from
   */
  static void range(String key, Duration value, Duration min, Duration max, String... others) {
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw InvalidSetting.outside(
          key, SettingText.of(value), SettingText.of(min), SettingText.of(max), others);
    }
  }
}
