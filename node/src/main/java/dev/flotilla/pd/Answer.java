package dev.flotilla.pd;

/**
 * Where the outcome of one request to the driver goes; one method is called, once, on the driver's
 * thread.
 *
 * @param <R> the answer
 */
public interface Answer<R> {
  void done(R answer);

  /** For what the driver does by itself, and will do again if it fails. */
  static <R> Answer<R> ignored() {
    return new Answer<>() {
      @Override
      public void done(R answer) {}

      @Override
      public void unavailable(String reason) {}
    };
  }

  /** This node cannot answer now; ask again. */
  void unavailable(String reason);

  /** It will not be done, however often it is asked for. */
  default void refused(String reason) {
    unavailable(reason);
  }
}
