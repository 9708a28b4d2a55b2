package dev.flotilla.coprocessor;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a draft. What it was made of is never touched: the first edit of a call copies the
 * list, and the copy is kept or dropped when the call is over.
 */
final class Parts<T> {
  private final CallSpan span;
  private final List<T> base;

  /** What the calls so far have made of it; null while nobody edited. */
  private @Nullable List<T> kept;

  /** The same with the edits of the present call; null while it has none. */
  private @Nullable List<T> edited;

  /**
   * @param span while which parts may be set
   */
  Parts(CallSpan span, List<T> base) {
    this.span = span;
    this.base = base;
  }

  int size() {
    return base.size();
  }

  T get(int index) {
    return edited != null ? edited.get(index) : before(index);
  }

  /** As it was before the present call. */
  T before(int index) {
    return kept().get(index);
  }

  /**
   * Edits.
   *
   * @throws IllegalStateException when no call is under way
   */
  void set(int index, T part) {
    span.check();
    if (edited == null) {
      edited = new ArrayList<>(kept());
    }
    edited.set(index, part);
  }

  /** Whether the present call has edited. */
  boolean isEdited() {
    return edited != null;
  }

  /** Whether edits were kept. */
  boolean isChanged() {
    return kept != null;
  }

  /** All, with what was kept of the edits. */
  List<T> kept() {
    return kept != null ? kept : base;
  }

  /** As {@link Edits#keep}. */
  boolean keep() {
    if (edited == null) {
      return false;
    }
    kept = edited;
    edited = null;
    return true;
  }

  /** As {@link Edits#drop}. */
  void drop() {
    edited = null;
  }
}
