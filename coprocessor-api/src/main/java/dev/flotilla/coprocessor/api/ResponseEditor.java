package dev.flotilla.coprocessor.api;

/**
 * The answer to an applied write, part by part in the order of its requests. Changes what the
 * client is told, never what was written or whether it was.
 *
 * <p>Edits belong to the call that makes them: if it throws, they are dropped. Valid only during
 * the call, on its thread.
 */
public interface ResponseEditor {
  int size();

  /** Whether the client waits at this replica. Elsewhere edits have no effect. */
  boolean isProposer();

  /** Whether a COMPARE_AND_SWAP wrote its value; true for all other kinds. */
  boolean succeeded(int index);

  /** Whether the part has a value: the one that a COMPARE_AND_SWAP found. */
  boolean hasValue(int index);

  /** The value; empty when there is none. */
  Bytes value(int index);

  /**
   * Replaces the value.
   *
   * @throws UnsupportedOperationException when the part has none
   */
  void setValue(int index, Bytes value);
}
