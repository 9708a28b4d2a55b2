package dev.flotilla.coprocessor.api;

/** What one request of a batch does. A batch holds reads or writes, never both. */
public enum QueryKind {
  /** Writes a value. */
  PUT,
  /** Removes a key. */
  DELETE,
  /** Removes the keys of a range. */
  DELETE_RANGE,
  /** Writes a value if the present one is the expected one. Alone in its batch. */
  COMPARE_AND_SWAP,
  /** Refuses the whole batch unless a key holds an expected value. Cannot be edited. */
  GUARD,
  /** Reads a key. */
  GET,
  /** Reads a range. Alone in its batch. */
  SCAN;

  /** Whether requests of this kind travel through the raft log. */
  public boolean isWrite() {
    return this != GET && this != SCAN;
  }
}
