package dev.flotilla.config;

import java.util.List;

/** A setting that cannot be used. The text says which one and what is allowed. */
public final class InvalidSetting extends RuntimeException {
  private final String key;
  private final List<String> others;

  /**
   * A fault in {@code key}.
   *
   * @param reason completes the sentence "key: ..."
   * @param others keys without whose values this one would be no fault
   */
  public InvalidSetting(String key, String reason, String... others) {
    super(key + ": " + reason);
    this.key = key;
    this.others = List.of(others);
  }

  /** The key within its section. */
  public String key() {
    return key;
  }

  /** Keys, named as {@link #key} is, on which it depends whether its value can be used. */
  public List<String> others() {
    return others;
  }
}
