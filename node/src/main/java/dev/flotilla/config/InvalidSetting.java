package dev.flotilla.config;

/** A setting that cannot be used. The text says which one and what is allowed. */
public final class InvalidSetting extends RuntimeException {
  private final String key;

  /** A fault in {@code key}; {@code reason} completes the sentence "key: ...". */
  public InvalidSetting(String key, String reason) {
    super(key + ": " + reason);
    this.key = key;
  }

  /** The key within its section. */
  public String key() {
    return key;
  }
}
