package dev.flotilla.node;

/** A node does not start as it is configured. The text is for the operator, who can change it. */
final class StartRefused extends RuntimeException {
  StartRefused(String message) {
    super(message);
  }

  StartRefused(String message, Throwable cause) {
    super(message, cause);
  }
}
