package dev.flotilla.raft;

import org.jspecify.annotations.Nullable;

/**
 * The tail of the log that is not known to be durable, and a snapshot that is to be installed.
 *
 * <p>Entry {@code i} is at slot {@code start + i - offset}. Slots that a view was given out of are
 * never written again: a truncation copies, and what became durable is dropped by moving start. An
 * empty tail takes over the array of what is appended, whose other slots may belong to someone
 * else. The array of an empty tail goes away with {@link #trim}, so that an idle group keeps no
 * entries alive.
 */
final class Unstable {
  private static final Entry[] NONE = new Entry[0];

  private final LogTrace trace;

  private @Nullable Entry[] array = NONE;

  /** Slots of the array from here on are not ours. */
  private int limit;

  private int start;
  private int size;
  private long offset;
  private long offsetInProgress;
  private @Nullable Snapshot snapshot;
  private boolean snapshotInProgress;

  /** Makes an empty tail that starts at {@code offset}. */
  Unstable(long offset, LogTrace trace) {
    this.offset = offset;
    this.offsetInProgress = offset;
    this.trace = trace;
  }

  /** Returns the index of the first entry that may be here. */
  long offset() {
    return offset;
  }

  /** Returns the index after the last entry that is being written. */
  long offsetInProgress() {
    return offsetInProgress;
  }

  int size() {
    return size;
  }

  @Nullable Snapshot snapshot() {
    return snapshot;
  }

  /** Returns the last index, or -1 if neither an entry nor a snapshot tells. */
  long lastIndex() {
    if (size > 0) {
      return offset + size - 1;
    }
    return snapshot == null ? -1 : snapshot.index();
  }

  /** Returns the term of an entry or of the snapshot, or -1 if it is not here. */
  long term(long index) {
    if (index < offset) {
      return snapshot != null && snapshot.index() == index ? snapshot.term() : -1;
    }
    return index < offset + size ? at(index).term() : -1;
  }

  private Entry at(long index) {
    Entry entry = array[start + (int) (index - offset)];
    if (entry == null) {
      throw new AssertionError("no unstable entry " + index);
    }
    return entry;
  }

  /** Returns entries {@code [low, high)}; all of them must be here. */
  @SuppressWarnings("NullAway") // slots inside the tail are filled
  EntryList slice(long low, long high) {
    Invariants.check(
        low >= offset && low <= high && high <= offset + size,
        "unstable entries [%d, %d) asked for",
        low,
        high);
    int from = start + (int) (low - offset);
    return EntryList.view(array, from, from + (int) (high - low));
  }

  boolean hasNextEntries() {
    return offsetInProgress < offset + size;
  }

  /** Returns the snapshot if its installation has not begun. */
  @Nullable Snapshot nextSnapshot() {
    return snapshotInProgress ? null : snapshot;
  }

  /** Everything that is next is now being written. */
  void acceptInProgress() {
    offsetInProgress = offset + size;
    snapshotInProgress = snapshot != null;
  }

  /**
   * Entries up to {@code index} are durable, if the one at {@code index} is still that of {@code
   * term}: the slot may have been overwritten since the write began, and must then be written
   * again.
   */
  void stableTo(long term, long index) {
    long present = term(index);
    if (present < 0) {
      trace.unstableEntryMissing(index);
    } else if (index < offset) {
      trace.unstableEntryIsSnapshot(index);
    } else if (present != term) {
      trace.unstableEntryMismatch(index, term, present);
    } else {
      int durable = (int) (index + 1 - offset);
      start += durable;
      size -= durable;
      offset = index + 1;
      offsetInProgress = Math.max(offsetInProgress, offset);
    }
  }

  /** Lets go of the array if the tail is empty. */
  void trim() {
    if (size == 0) {
      array = NONE;
      start = 0;
      limit = 0;
    }
  }

  /** The snapshot of {@code index} is installed. */
  void stableSnapshotTo(long index) {
    if (snapshot != null && snapshot.index() == index) {
      snapshot = null;
      snapshotInProgress = false;
    }
  }

  /** Replaces everything by a snapshot. */
  void restore(Snapshot newSnapshot) {
    offset = newSnapshot.index() + 1;
    offsetInProgress = offset;
    size = 0;
    trim();
    snapshot = newSnapshot;
    snapshotInProgress = false;
  }

  /** Appends the entry after the last. */
  void append(Entry entry) {
    reserve(1);
    array[start + size++] = entry;
  }

  /** Appends entries; those present from the first index on are dropped. */
  void truncateAndAppend(EntryList entries) {
    long from = entries.first().index();
    long next = offset + size;
    if (from != next && from <= offset) {
      trace.replaceUnstable(from);
      size = 0;
      offset = from;
      offsetInProgress = from;
    } else if (from != next) {
      trace.truncateUnstable(from);
      int kept = (int) (from - offset);
      @Nullable Entry[] copy = new Entry[kept + entries.size()];
      System.arraycopy(array, start, copy, 0, kept);
      array = copy;
      start = 0;
      limit = copy.length;
      size = kept;
      offsetInProgress = Math.min(offsetInProgress, from);
    }
    if (size == 0) {
      array = entries.array();
      start = entries.from();
      limit = entries.to();
      size = entries.size();
    } else {
      reserve(entries.size());
      for (int i = 0; i < entries.size(); i++) {
        array[start + size++] = entries.get(i);
      }
    }
  }

  private void reserve(int more) {
    if (start + size + more > limit) {
      int capacity = Math.max(size + more, Math.max(4, 2 * size));
      @Nullable Entry[] bigger = new Entry[capacity];
      System.arraycopy(array, start, bigger, 0, size);
      array = bigger;
      start = 0;
      limit = capacity;
    }
  }
}
