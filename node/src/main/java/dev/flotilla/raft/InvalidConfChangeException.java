package dev.flotilla.raft;

/**
 * A conf change that the current configuration does not allow. All replicas find out alike, when
 * they apply it: who proposes has to check first.
 */
public final class InvalidConfChangeException extends RuntimeException {
  private static final long serialVersionUID = 1;

  InvalidConfChangeException(String reason) {
    super(reason);
  }
}
