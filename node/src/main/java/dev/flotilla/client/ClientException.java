package dev.flotilla.client;

/** A request that failed. Expected now and then, so there is no stack trace. */
public final class ClientException extends RuntimeException {
  private enum Kind {
    REFUSED,
    NOBODY,
    NOT_NOW,
    UNKNOWN
  }

  private final String words;
  private final Kind kind;

  private ClientException(String message, Kind kind) {
    super(message, null, false, false);
    this.words = message;
    this.kind = kind;
  }

  /** The cluster said no: the request had no effect. */
  static ClientException refused(String reason) {
    return new ClientException(reason, Kind.REFUSED);
  }

  /** There is nobody who could say yes or no: the request had no effect. */
  static ClientException nobody(String reason) {
    return new ClientException(reason, Kind.NOBODY);
  }

  /** The request had no effect, and may have one in a moment: there is no leader yet, say. */
  static ClientException notNow(String reason) {
    return new ClientException(reason, Kind.NOT_NOW);
  }

  /** No answer, or one that leaves it open: a write may have taken effect or still do so. */
  public static ClientException unknown(String reason) {
    return new ClientException(reason, Kind.UNKNOWN);
  }

  @Override
  public String getMessage() {
    return words;
  }

  /** Whether a write may have taken effect. */
  public boolean isOutcomeUnknown() {
    return kind == Kind.UNKNOWN;
  }

  /** Whether it is not the cluster's no: it was not reached, or cannot answer now. */
  public boolean isOutage() {
    return kind != Kind.REFUSED;
  }

  /** Whether the same request, which had no effect, may be answered otherwise in a moment. */
  public boolean isTransient() {
    return kind == Kind.NOT_NOW;
  }
}
