package dev.flotilla.coprocessor.api;

/**
 * What a read found: for GETs one pair for each request, for a SCAN the pairs in its direction.
 *
 * <p>Edits belong to the call that makes them: if it throws, they are dropped. Valid only during
 * the call, on its thread.
 */
public interface ReadResult {
  /** How many pairs. Does not change while pairs are hidden. */
  int size();

  Bytes key(int index);

  /** Whether the key has a value that is not hidden. */
  boolean isPresent(int index);

  /** The value; empty when there is none or the read asked for keys only. */
  Bytes value(int index);

  /**
   * Replaces the key that the client is told. Clients go on with a SCAN behind the last key that
   * they were told, so keys must stay in order and within the range that was asked for.
   */
  void setKey(int index, Bytes key);

  /** Replaces the value that the client is told; the key then is present. */
  void setValue(int index, Bytes value);

  /** Tells the client nothing of this key: a GET finds nothing, a SCAN goes on without it. */
  void hide(int index);
}
