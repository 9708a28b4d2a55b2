package dev.flotilla.raft;

/** An error that a data-driven command prints. */
final class CommandError extends RuntimeException {
  private static final long serialVersionUID = 1;

  CommandError(String text) {
    super(text);
  }
}
