package dev.flotilla.config;

import java.time.Duration;

/** Range checks; a message names the key and what is allowed, so that it can be put right. */
final class Settings {
  private Settings() {}

  static void range(String key, long value, long min, long max) {
    if (value < min || value > max) {
      throw new InvalidSetting(key, value + " is not within " + min + " to " + max);
    }
  }

  static void range(String key, Duration value, Duration min, Duration max) {
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw new InvalidSetting(
          key, text(value) + " is not within " + text(min) + " to " + text(max));
    }
  }

  private static String text(Duration duration) {
    return duration.toMillis() + "ms";
  }
}
