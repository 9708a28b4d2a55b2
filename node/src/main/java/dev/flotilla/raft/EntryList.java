package dev.flotilla.raft;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/** Immutable view of consecutive entries over an array that others may view too. */
public final class EntryList {
  /** No entries. */
  public static final EntryList EMPTY = new EntryList(new Entry[0], 0, 0);

  private final Entry[] array;
  private final int from;
  private final int to;

  private EntryList(Entry[] array, int from, int to) {
    this.array = array;
    this.from = from;
    this.to = to;
  }

  /** Slots in the range must never be written again. */
  static EntryList view(Entry[] array, int from, int to) {
    return from == to ? EMPTY : new EntryList(array, from, to);
  }

  /** Returns the entries given; the array now belongs to the list. */
  public static EntryList of(Entry... entries) {
    return view(entries, 0, entries.length);
  }

  /** Returns a copy of {@code entries}. */
  public static EntryList copyOf(List<Entry> entries) {
    return of(entries.toArray(new Entry[0]));
  }

  /** Returns how many entries there are. */
  public int size() {
    return to - from;
  }

  /** Returns whether there are none. */
  public boolean isEmpty() {
    return from == to;
  }

  /** Returns the entry at {@code position}, 0 being the first. */
  public Entry get(int position) {
    if (position < 0 || position >= to - from) {
      throw new IndexOutOfBoundsException(position + " of " + size());
    }
    return array[from + position];
  }

  /** Returns the first entry; there must be one. */
  public Entry first() {
    return get(0);
  }

  /** Returns the last entry; there must be one. */
  public Entry last() {
    return get(to - from - 1);
  }

  /** Returns a view of the entries from position {@code low} until before {@code high}. */
  public EntryList slice(int low, int high) {
    if (low < 0 || low > high || high > to - from) {
      throw new IndexOutOfBoundsException(low + ".." + high + " of " + size());
    }
    return high - low == to - from ? this : view(array, from + low, from + high);
  }

  /** Returns the sum of {@link Entry#encodedSize()}. */
  public long encodedSize() {
    long size = 0;
    for (int i = from; i < to; i++) {
      size += array[i].encodedSize();
    }
    return size;
  }

  /** Returns the sum of {@link Entry#payloadSize()}. */
  public long payloadSize() {
    long size = 0;
    for (int i = from; i < to; i++) {
      size += array[i].payloadSize();
    }
    return size;
  }

  /** Returns the longest head within {@code bytesMax}, but at least one entry when there is one. */
  public EntryList limitedTo(long bytesMax) {
    if (from == to) {
      return this;
    }
    long size = array[from].encodedSize();
    int end = from + 1;
    while (end < to) {
      size += array[end].encodedSize();
      if (size > bytesMax) {
        break;
      }
      end++;
    }
    return end == to ? this : view(array, from, end);
  }

  /** Returns this list followed by {@code next}; copies only when they do not touch in memory. */
  EntryList concat(EntryList next) {
    if (isEmpty()) {
      return next;
    }
    if (next.isEmpty()) {
      return this;
    }
    if (array == next.array && to == next.from) {
      return view(array, from, next.to);
    }
    Entry[] joined = new Entry[size() + next.size()];
    copyTo(joined, 0);
    next.copyTo(joined, size());
    return of(joined);
  }

  /** Returns the array behind; slots outside of {@link #from} and {@link #to} are alien. */
  Entry[] array() {
    return array;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  void copyTo(Entry[] target, int position) {
    System.arraycopy(array, from, target, position, to - from);
  }

  /** Returns a read-only list view for code that is not in a hurry. */
  public List<Entry> asList() {
    return new ListView(this);
  }

  private static final class ListView extends AbstractList<Entry> implements RandomAccess {
    private final EntryList entries;

    ListView(EntryList entries) {
      this.entries = entries;
    }

    @Override
    public Entry get(int position) {
      return entries.get(position);
    }

    @Override
    public int size() {
      return entries.size();
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EntryList that && asList().equals(that.asList());
  }

  @Override
  public int hashCode() {
    return asList().hashCode();
  }

  @Override
  public String toString() {
    return asList().toString();
  }
}
