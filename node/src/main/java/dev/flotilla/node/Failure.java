package dev.flotilla.node;

import dev.flotilla.client.ClientException;
import dev.flotilla.engine.EngineOpenException;
import dev.flotilla.node.settings.ConfigException;
import dev.flotilla.security.CredentialsException;

/**
 * A failure in the words of an operator.
 *
 * @param exit status that the process ends with
 * @param text one line
 */
record Failure(int exit, String text) {
  static Failure of(Throwable failure) {
    String message = failure.getMessage();
    String text = message == null ? failure.toString() : message.replaceAll("\\s*\\R\\s*", " ");
    if (failure instanceof ClientException told && told.isOutage()) {
      return new Failure(Exit.NO_ANSWER, text);
    }
    return new Failure(isOperators(failure) ? Exit.USAGE : Exit.FAULT, text);
  }

  private static boolean isOperators(Throwable failure) {
    if (failure instanceof EngineOpenException open) {
      return switch (open.reason()) {
        case LOCKED, UNWRITABLE -> true;
        case CORRUPT, OTHER -> false;
      };
    }
    return failure instanceof ConfigException
        || failure instanceof CredentialsException
        || failure instanceof StartRefused;
  }
}
