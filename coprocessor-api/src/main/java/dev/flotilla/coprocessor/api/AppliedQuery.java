package dev.flotilla.coprocessor.api;

/** A write at its place in the region's log. The same on every replica. */
public interface AppliedQuery extends QueryView {
  /** Position in the region's log. After a restart a position may come again. */
  long index();

  /** Term of the log entry. */
  long term();
}
