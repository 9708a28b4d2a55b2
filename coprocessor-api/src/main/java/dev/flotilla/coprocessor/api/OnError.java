package dev.flotilla.coprocessor.api;

/** What becomes of a command when a plugin fails before it is proposed or while it is read. */
public enum OnError {
  /** The command is refused; the client may ask again. */
  FAIL_CLOSED,
  /** The failed call's edits are dropped and the command goes on. */
  FAIL_OPEN
}
