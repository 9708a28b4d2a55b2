package dev.flotilla.pd;

/**
 * Where the outcome of one request to the driver goes; one method is called, once, on the driver's
 * thread.
 *
 * @param <R> the answer
 */
public interface Answer<R> {
  void done(R answer);

  /** This node cannot answer now; ask again. */
  void unavailable(String reason);
}
