package dev.flotilla.coprocessor.api;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Settings of one plugin, all of them texts, which do not change. It remembers which of them were
 * asked for: one that nobody asks for is misspelt. Safe for use by several threads.
 *
 * <p>A value that cannot be read as asked is an {@link IllegalArgumentException} that names the
 * key, and where it was written; thrown in {@link Coprocessor#start} it becomes the reason why the
 * plugin is not used.
 */
public final class CoprocessorConfig {
  /** No settings. */
  public static final CoprocessorConfig EMPTY = new CoprocessorConfig(Map.of());

  private final Map<String, String> values;
  private final Map<String, String> origins;
  private final Set<String> asked = ConcurrentHashMap.newKeySet();

  /** Settings that were not written anywhere. */
  public CoprocessorConfig(Map<String, String> values) {
    this(values, Map.of());
  }

  /**
   * Settings of a file.
   *
   * @param origins where each of {@code values} was written, such as {@code plugin.toml:3}
   */
  public CoprocessorConfig(Map<String, String> values, Map<String, String> origins) {
    this.values = Map.copyOf(values);
    this.origins = Map.copyOf(origins);
  }

  /** All of them, by key. Who asks for all has asked for each. */
  public Map<String, String> values() {
    asked.addAll(values.keySet());
    return values;
  }

  /** Keys that have a value which nobody has asked for so far, in order. */
  public Set<String> unasked() {
    Set<String> unasked = new TreeSet<>(values.keySet());
    unasked.removeAll(asked);
    return unasked;
  }

  /** Whether {@code key} has a value, which is asked for by that. */
  private boolean has(String key) {
    if (!values.containsKey(key)) {
      return false;
    }
    asked.add(key);
    return true;
  }

  private String value(String key) {
    return values.getOrDefault(key, "");
  }

  private IllegalArgumentException bad(String key, String reason) {
    String origin = origins.get(key);
    return new IllegalArgumentException((origin == null ? "" : origin + ": ") + key + reason);
  }

  /** The text of {@code key}. */
  public String text(String key, String absent) {
    return has(key) ? value(key) : absent;
  }

  /** The whole number of {@code key}, at least {@code least}. */
  public long number(String key, long absent, long least) {
    if (!has(key)) {
      return absent;
    }
    String text = value(key);
    long number;
    try {
      number = Long.parseLong(text.strip().replace("_", ""));
    } catch (NumberFormatException e) {
      IllegalArgumentException bad = bad(key, " must be a whole number, not " + text);
      bad.initCause(e);
      throw bad;
    }
    if (number < least) {
      throw bad(key, " must be at least " + least + ", not " + number);
    }
    return number;
  }

  /** The truth of {@code key}: true or false. */
  public boolean flag(String key, boolean absent) {
    if (!has(key)) {
      return absent;
    }
    String text = value(key);
    return switch (text.strip()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw bad(key, " must be true or false, not " + text);
    };
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
