package dev.flotilla.server;

/** Told of every call that was answered. Any thread; must return at once. */
@FunctionalInterface
public interface CallObserver {
  /** For those who do not want to know. */
  CallObserver NONE = (method, outcome, nanos) -> {};

  /**
   * A call was answered, or given up by its client.
   *
   * @param method full name, such as {@code tikvpb.Tikv/RawPut}
   * @param outcome {@code ok}, {@code region_error}, {@code rejected}, {@code abandoned}, or the
   *     gRPC status in lower case; a handful of values
   * @param nanos from the request to the answer
   */
  void onAnswered(String method, String outcome, long nanos);
}
