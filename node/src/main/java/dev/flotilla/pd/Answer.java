package dev.flotilla.pd;

import java.util.function.Consumer;

/**
 * Where the outcome of one request to the driver goes; one method is called, once, on the driver's
 * thread.
 *
 * @param <R> the answer
 */
public interface Answer<R> {
  void done(R answer);

  /** An answer that tells one of two. */
  static <R> Answer<R> of(Consumer<R> done, Consumer<String> unavailable) {
    return new Answer<>() {
      @Override
      public void done(R answer) {
        done.accept(answer);
      }

      @Override
      public void unavailable(String reason) {
        unavailable.accept(reason);
      }
    };
  }

  /** For what the driver does by itself, and will do again if it fails. */
  static <R> Answer<R> ignored() {
    return of(answer -> {}, reason -> {});
  }

  /** This node cannot answer now; ask again. */
  void unavailable(String reason);

  /** It will not be done, however often it is asked for. */
  default void refused(String reason) {
    unavailable(reason);
  }
}
