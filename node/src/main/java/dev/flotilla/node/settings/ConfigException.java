package dev.flotilla.node.settings;

/** Settings that a node cannot start with. The text is one line and says what to put right. */
public final class ConfigException extends RuntimeException {
  /**
   * @param message one line that begins with where the setting is written
   */
  public ConfigException(String message) {
    super(message);
  }

  ConfigException(String message, Throwable cause) {
    super(message, cause);
  }
}
