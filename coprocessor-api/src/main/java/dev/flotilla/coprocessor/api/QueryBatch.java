package dev.flotilla.coprocessor.api;

/**
 * The requests of one command, to look at and to edit, before they are proposed or read.
 *
 * <p>Edits belong to the call that makes them: if it throws, they are all dropped. After it the
 * node checks what was edited: keys must not be empty nor too long, and must stay inside the
 * region. A batch that fails this counts as a failure of the plugin. Number, order and kinds of
 * requests cannot change, because the client's answer has one part for each.
 *
 * <p>An edit that the request's kind does not know is an {@link UnsupportedOperationException}.
 */
public interface QueryBatch extends QueryView {

  /** Moves any request but a GUARD to another key; of a range, its start. */
  void setKey(int index, Bytes key);

  /** Moves the end of a DELETE_RANGE or SCAN. */
  void setEndKey(int index, Bytes endKey);

  /** Replaces what a PUT or COMPARE_AND_SWAP writes. */
  void setValue(int index, Bytes value);

  /** Sets how long what a PUT or COMPARE_AND_SWAP writes lives; 0 for ever. */
  void setTtlSeconds(int index, long ttlSeconds);

  /** Replaces what a COMPARE_AND_SWAP expects to find; it then expects a value. */
  void setExpected(int index, Bytes expected);

  /**
   * Sets how many pairs a SCAN reads at a time, 1 or more. The answer has as many as the client
   * asked for all the same, if they are there: clients take a shorter one for the end of the
   * region.
   */
  void setLimit(int index, int limit);

  /** Whether this call has edited anything yet. */
  boolean isAltered();
}
