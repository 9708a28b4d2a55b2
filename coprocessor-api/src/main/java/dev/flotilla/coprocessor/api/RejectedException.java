package dev.flotilla.coprocessor.api;

import org.jspecify.annotations.Nullable;

/**
 * A plugin refuses a command. An expected answer that the client is shown, not a failure: it has no
 * stack trace and costs little.
 */
public final class RejectedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What the client can do about it. */
  public enum Code {
    /** Not allowed; asking again does not help. */
    DENIED,
    /** Makes no sense; asking again does not help. */
    INVALID,
    /** Something must be freed first. */
    QUOTA,
    /** Too fast; ask again later. */
    THROTTLED,
    /** Something else is in the way; look again, then decide. */
    CONFLICT,
    /** Cannot be decided now; ask again later. */
    UNAVAILABLE
  }

  /** Characters of a reason that the client is shown; what comes after them is cut off. */
  public static final int REASON_LENGTH_MAX = 1024;

  private final Code code;
  private final long retryAfterMillis;

  /** A refusal without advice when to ask again. */
  public RejectedException(Code code, String reason) {
    this(code, reason, 0);
  }

  /** A refusal; {@code retryAfterMillis} is 0 for "no advice". */
  public RejectedException(Code code, String reason, long retryAfterMillis) {
    super(shortened(reason), null, false, false);
    if (retryAfterMillis < 0) {
      throw new IllegalArgumentException("negative retryAfterMillis: " + retryAfterMillis);
    }
    this.code = code;
    this.retryAfterMillis = retryAfterMillis;
  }

  /** A key or a value that is told in full may be larger than an answer is to be. */
  private static @Nullable String shortened(@Nullable String reason) {
    return reason == null || reason.length() <= REASON_LENGTH_MAX
        ? reason
        : reason.substring(0, REASON_LENGTH_MAX - 3) + "...";
  }

  public Code code() {
    return code;
  }

  /**
   * The text that the client is shown, after the plugin's id, the code and the advice: {@code
   * rejected by quota (THROTTLED, retry after 250 ms): too many writes}.
   */
  public String reason() {
    return String.valueOf(getMessage());
  }

  /** When to ask again, counted from the answer; 0 for "no advice". */
  public long retryAfterMillis() {
    return retryAfterMillis;
  }
}
