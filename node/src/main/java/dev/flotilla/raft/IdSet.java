package dev.flotilla.raft;

import java.util.Arrays;

/** Immutable ascending set of peer ids. */
public final class IdSet {
  /** No ids. */
  public static final IdSet EMPTY = new IdSet(new long[0]);

  private final long[] ids;

  private IdSet(long[] sorted) {
    ids = sorted;
  }

  /** Returns the set of the ids given, in any order, duplicates allowed. */
  public static IdSet of(long... ids) {
    if (ids.length == 0) {
      return EMPTY;
    }
    long[] sorted = ids.clone();
    Arrays.sort(sorted);
    int size = 1;
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i] != sorted[size - 1]) {
        sorted[size++] = sorted[i];
      }
    }
    return new IdSet(size == sorted.length ? sorted : Arrays.copyOf(sorted, size));
  }

  /** Returns how many ids there are. */
  public int size() {
    return ids.length;
  }

  /** Returns whether there are none. */
  public boolean isEmpty() {
    return ids.length == 0;
  }

  /** Returns the id at {@code position} in ascending order. */
  public long get(int position) {
    return ids[position];
  }

  /** Returns whether {@code id} is in the set. */
  public boolean contains(long id) {
    for (long each : ids) {
      if (each == id) {
        return true;
      }
    }
    return false;
  }

  /** Returns this set and {@code id}. */
  public IdSet with(long id) {
    if (contains(id)) {
      return this;
    }
    long[] more = Arrays.copyOf(ids, ids.length + 1);
    more[ids.length] = id;
    return of(more);
  }

  /** Returns this set without {@code id}. */
  public IdSet without(long id) {
    if (!contains(id)) {
      return this;
    }
    long[] fewer = new long[ids.length - 1];
    int size = 0;
    for (long each : ids) {
      if (each != id) {
        fewer[size++] = each;
      }
    }
    return fewer.length == 0 ? EMPTY : new IdSet(fewer);
  }

  /** Returns the ids in this set or {@code other}. */
  public IdSet union(IdSet other) {
    if (other.isEmpty()) {
      return this;
    }
    if (isEmpty()) {
      return other;
    }
    long[] both = Arrays.copyOf(ids, ids.length + other.ids.length);
    System.arraycopy(other.ids, 0, both, ids.length, other.ids.length);
    return of(both);
  }

  /** Returns how many ids are in one set only. */
  public int differenceSize(IdSet other) {
    int common = 0;
    for (long each : ids) {
      if (other.contains(each)) {
        common++;
      }
    }
    return ids.length + other.ids.length - 2 * common;
  }

  /** Returns a copy of the ids in ascending order. */
  public long[] toArray() {
    return ids.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IdSet that && Arrays.equals(ids, that.ids);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ids);
  }

  @Override
  public String toString() {
    return Arrays.toString(ids);
  }
}
