package dev.flotilla.sim.history;

/**
 * One operation of one client on one key. Values are ids that are written at most once in a
 * history; {@link #ABSENT} is "no value".
 *
 * @param kind what was done
 * @param client who did it
 * @param expected value that a swap asked for
 * @param input value that a put or swap writes
 * @param output value that a get or a failed swap saw
 * @param calledAt position of the call in the order of all calls and returns
 * @param returnedAt position of the answer; {@link #NEVER} when none came, or one that does not say
 *     whether the operation took effect
 */
public record Operation(
    Kind kind, int client, long expected, long input, long output, long calledAt, long returnedAt) {
  /** No value. */
  public static final long ABSENT = 0;

  /** The answer never came. */
  public static final long NEVER = Long.MAX_VALUE;

  /** What an operation did, as far as its client knows. */
  public enum Kind {
    GET,
    PUT,
    DELETE,
    /** A compare-and-swap that succeeded, or whose outcome is unknown. */
    SWAP,
    /** A compare-and-swap that found {@code output} instead. */
    FAILED_SWAP
  }

  /** Whether the client does not know if it took effect. */
  boolean isUnknown() {
    return returnedAt == NEVER;
  }

  /** Whether it leaves the value as it is. */
  boolean isRead() {
    return kind == Kind.GET || kind == Kind.FAILED_SWAP;
  }

  /** Whether it writes a value of its own. */
  boolean writesValue() {
    return kind == Kind.PUT || kind == Kind.SWAP;
  }

  /** Whether it can only have happened while some value was there; see {@link #needed}. */
  boolean needsValue() {
    return isRead() || kind == Kind.SWAP;
  }

  /** The value that must have been there when it took effect. */
  long needed() {
    return isRead() ? output : expected;
  }

  /** Whether it may have happened to {@code value}. */
  boolean fits(long value) {
    return switch (kind) {
      case GET -> output == value;
      case FAILED_SWAP -> output == value && expected != value;
      case SWAP -> expected == value;
      case PUT, DELETE -> true;
    };
  }

  /** What it leaves. */
  long result() {
    return kind == Kind.DELETE ? ABSENT : input;
  }

  Operation returningBy(long at) {
    return at >= returnedAt
        ? this
        : new Operation(kind, client, expected, input, output, calledAt, at);
  }

  @Override
  public String toString() {
    String what =
        switch (kind) {
          case GET -> "get = " + output;
          case PUT -> "put " + input;
          case DELETE -> "delete";
          case SWAP -> "swap " + expected + " for " + input;
          case FAILED_SWAP -> "swap " + expected + " for " + input + " found " + output;
        };
    return "[%d, %s] client %d: %s"
        .formatted(calledAt, isUnknown() ? "?" : Long.toString(returnedAt), client, what);
  }
}
