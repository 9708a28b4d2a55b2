package dev.flotilla.security;

/** Files that nobody can be convinced with. The text is one line for the operator. */
public final class CredentialsException extends RuntimeException {
  CredentialsException(String message, Throwable cause) {
    super(message, cause);
  }
}
