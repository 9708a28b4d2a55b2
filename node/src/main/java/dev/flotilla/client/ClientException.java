package dev.flotilla.client;

/** A request that failed. Expected now and then, so there is no stack trace. */
public final class ClientException extends RuntimeException {
  private final boolean unknown;

  private ClientException(String message, boolean unknown) {
    super(message, null, false, false);
    this.unknown = unknown;
  }

  /** The cluster said no: the request had no effect. */
  static ClientException refused(String reason) {
    return new ClientException(reason, false);
  }

  /** No answer, or one that leaves it open: a write may have taken effect or still do so. */
  static ClientException unknown(String reason) {
    return new ClientException(reason, true);
  }

  /** Whether a write may have taken effect. */
  public boolean isOutcomeUnknown() {
    return unknown;
  }
}
