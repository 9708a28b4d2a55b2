package dev.flotilla.raftstore;

/**
 * Surrounds code that calls many {@link Callback}s. Whoever carries the answers on can do so once
 * for all of them: to wake an event loop, and a client, for each answer costs more than to send it.
 */
@FunctionalInterface
public interface AnswerBurst {
  /** Nobody gathers answers. */
  AnswerBurst NONE = Runnable::run;

  /** Runs {@code callbacks} at once, on this thread; what they answer has left when it returns. */
  void run(Runnable callbacks);
}
