package dev.flotilla.raftstore.peer;

import java.util.ArrayDeque;

/**
 * The splits that a leader has proposed in its term and not applied yet.
 *
 * <p>From when the first of them has committed, until it is applied here, the new region may have
 * another leader already while this one still believes the whole range to be its own. That several
 * wait is rare, but allowed: the epoch that a split is checked for changes when it is applied.
 *
 * <p>The splits of other terms need no care: a leader reads nothing alone before an entry of its
 * own term is applied, and those come before it.
 */
final class PendingSplits {
  private final ArrayDeque<Long> indexes = new ArrayDeque<>(1);

  /** One was logged at {@code index}, which is above all before. */
  void onProposed(long index) {
    indexes.addLast(index);
  }

  /** What is at {@code index} and before has been applied. */
  void onApplied(long index) {
    while (!indexes.isEmpty() && indexes.peekFirst() <= index) {
      indexes.removeFirst();
    }
  }

  /** Leadership is gone; what was proposed may never commit. */
  void clear() {
    indexes.clear();
  }

  /** Whether one is among what has committed, up to {@code committed}, and is not applied. */
  boolean isCommitted(long committed) {
    return !indexes.isEmpty() && indexes.peekFirst() <= committed;
  }
}
