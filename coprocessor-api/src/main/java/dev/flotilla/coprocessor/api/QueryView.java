package dev.flotilla.coprocessor.api;

/**
 * The requests of one command, to look at. Requests are counted from 0 in the client's order; a
 * part that a kind does not have is empty, 0 or false.
 *
 * <p>Valid only during the call that brought it, on its thread.
 */
public interface QueryView {
  /** How many requests; at least one. */
  int size();

  QueryKind kind(int index);

  /** Column family; the default one is named {@code default}. */
  String cf(int index);

  /** The key, or the start of a range. */
  Bytes key(int index);

  /** End of a DELETE_RANGE or SCAN, excluded; empty when there is no upper bound. */
  Bytes endKey(int index);

  /** What a PUT or COMPARE_AND_SWAP writes. */
  Bytes value(int index);

  /** How long what a PUT or COMPARE_AND_SWAP writes lives; 0 for ever. */
  long ttlSeconds(int index);

  /** What a COMPARE_AND_SWAP or GUARD expects to find, unless {@link #expectedAbsent}. */
  Bytes expected(int index);

  /** Whether a COMPARE_AND_SWAP or GUARD expects to find nothing. */
  boolean expectedAbsent(int index);

  /** How many pairs a SCAN returns at most. */
  int limit(int index);

  /** Whether a SCAN returns keys without values. */
  boolean keyOnly(int index);

  /** Whether a SCAN runs from the end to the start. Its range is still start to end. */
  boolean reverse(int index);
}
