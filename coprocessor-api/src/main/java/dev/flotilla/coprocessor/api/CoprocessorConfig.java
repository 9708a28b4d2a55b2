package dev.flotilla.coprocessor.api;

import java.util.Map;

/**
 * Settings of one plugin, all of them texts. Immutable.
 *
 * <p>A value that cannot be read as asked is an {@link IllegalArgumentException} that names the
 * key; thrown in {@link Coprocessor#start} it becomes the reason why the plugin is not used.
 */
public record CoprocessorConfig(Map<String, String> values) {
  /** No settings. */
  public static final CoprocessorConfig EMPTY = new CoprocessorConfig(Map.of());

  public CoprocessorConfig {
    values = Map.copyOf(values);
  }

  /** The text of {@code key}. */
  public String text(String key, String absent) {
    return values.getOrDefault(key, absent);
  }

  /** The whole number of {@code key}, at least {@code least}. */
  public long number(String key, long absent, long least) {
    String text = values.get(key);
    if (text == null) {
      return absent;
    }
    long number;
    try {
      number = Long.parseLong(text.strip().replace("_", ""));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(key + " must be a whole number, not " + text, e);
    }
    if (number < least) {
      throw new IllegalArgumentException(key + " must be at least " + least + ", not " + number);
    }
    return number;
  }

  /** The truth of {@code key}: true or false. */
  public boolean flag(String key, boolean absent) {
    String text = values.get(key);
    if (text == null) {
      return absent;
    }
    return switch (text.strip()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(key + " must be true or false, not " + text);
    };
  }
}
