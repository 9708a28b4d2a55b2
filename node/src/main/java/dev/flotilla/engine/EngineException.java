package dev.flotilla.engine;

/**
 * A fault of the engine: a failed read or write, or content that cannot be right.
 *
 * <p>Never a refusal. What is on disk is unknown after it, so it is neither retried nor answered to
 * a client; it propagates and stops the process.
 */
public class EngineException extends RuntimeException {

  public EngineException(String message) {
    super(message);
  }

  public EngineException(String message, Throwable cause) {
    super(message, cause);
  }
}
