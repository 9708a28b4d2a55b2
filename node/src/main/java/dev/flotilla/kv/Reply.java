package dev.flotilla.kv;

import dev.flotilla.raftstore.Refusal;

/**
 * Where the outcome of one operation goes; one method is called, once, on any thread.
 *
 * @param <R> the response
 */
public interface Reply<R> {
  void done(R response);

  void refused(Refusal refusal);

  /** Whether an answer may be made, or too many wait to leave. */
  default boolean hasRoom() {
    return true;
  }

  /** Whether nobody waits any more, so that work for it can be skipped. */
  default boolean isAbandoned() {
    return false;
  }
}
