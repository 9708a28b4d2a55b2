package dev.flotilla.verticle;

/** Told of what must stop the process: a broken invariant or a failing engine. Any thread. */
@FunctionalInterface
public interface FaultHandler {
  /**
   * Stops the process without answering anyone else.
   *
   * @param where the worker that cannot go on
   */
  void onFault(String where, Throwable fault);
}
