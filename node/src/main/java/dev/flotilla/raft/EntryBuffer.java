package dev.flotilla.raft;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Growable array of entries, filled by a {@link RaftStorage} or a proposer. */
public final class EntryBuffer {
  private static final Entry[] NONE = new Entry[0];

  private @Nullable Entry[] array;
  private int size;

  /** Makes an empty buffer. */
  public EntryBuffer() {
    this(0);
  }

  /** Makes an empty buffer with room for {@code capacity} entries. */
  public EntryBuffer(int capacity) {
    array = capacity == 0 ? NONE : new Entry[capacity];
  }

  /** Appends one entry. */
  public void add(Entry entry) {
    if (size == array.length) {
      array = Arrays.copyOf(array, Math.max(4, size * 2));
    }
    array[size++] = entry;
  }

  /** Makes room for {@code capacity} entries in an empty buffer that has none. */
  void reserve(int capacity) {
    if (array.length == 0) {
      array = new Entry[capacity];
    }
  }

  /** Returns how many entries there are. */
  public int size() {
    return size;
  }

  /** Returns whether there are none. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** Returns the entry at {@code position}, 0 being the first. */
  public Entry get(int position) {
    Entry entry = position < size ? array[position] : null;
    if (entry == null) {
      throw new IndexOutOfBoundsException(position + " of " + size);
    }
    return entry;
  }

  /** Hands the entries over without a copy and leaves the buffer empty. */
  @SuppressWarnings("NullAway") // slots below size are filled
  public EntryList drain() {
    EntryList entries = EntryList.view(array, 0, size);
    array = NONE;
    size = 0;
    return entries;
  }
}
