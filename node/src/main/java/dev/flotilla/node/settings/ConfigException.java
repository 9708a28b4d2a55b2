package dev.flotilla.node.settings;

/** Settings that a node cannot start with. The text is one line and says what to put right. */
public final class ConfigException extends RuntimeException {
  ConfigException(String message) {
    super(message);
  }

  ConfigException(String message, Throwable cause) {
    super(message, cause);
  }
}
