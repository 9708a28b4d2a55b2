package dev.flotilla.raftstore.storage;

import dev.flotilla.raft.Entry;
import dev.flotilla.raft.EntryBuffer;
import dev.flotilla.raft.EntryList;
import dev.flotilla.raftstore.Invariants;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The newest entries of one log, so that replication and apply do not read the disk.
 *
 * <p>Invariant: the entries are contiguous and end at the log's last index. Bounded in number and
 * in bytes; an idle region holds none and no memory for them.
 */
final class EntryCache {
  static final int ENTRIES_MAX = 4096;
  static final long BYTES_MAX = 4 << 20;

  private static final @Nullable Entry[] NONE = new Entry[0];
  private static final int CAPACITY_MIN = 16;

  /** Ring: entry i lies at {@code i mod length}, which is a power of two. */
  private @Nullable Entry[] ring = NONE;

  private long first;
  private int size;
  private long bytes;

  boolean isEmpty() {
    return size == 0;
  }

  /** First index held; {@code Long.MAX_VALUE} when empty. */
  long firstIndex() {
    return size == 0 ? Long.MAX_VALUE : first;
  }

  /** Replaces everything from the first new index on. */
  void append(EntryList added) {
    long start = added.first().index();
    while (size > 0 && first + size > start) {
      remove(first + size - 1);
    }
    Invariants.check(size == 0 || first + size == start, "hole in the entry cache");
    if (size == 0) {
      first = start;
    }
    for (int i = 0; i < added.size(); i++) {
      push(added.get(i));
    }
  }

  private void push(Entry entry) {
    while (size > 0 && (size >= ENTRIES_MAX || bytes + entry.encodedSize() > BYTES_MAX)) {
      remove(first);
      first++;
    }
    if (size == 0) {
      first = entry.index();
    }
    if (size == ring.length) {
      grow();
    }
    ring[slot(entry.index())] = entry;
    size++;
    bytes += entry.encodedSize();
  }

  private void grow() {
    @Nullable Entry[] larger = new Entry[Math.max(CAPACITY_MIN, ring.length * 2)];
    for (long index = first; index < first + size; index++) {
      larger[(int) (index & (larger.length - 1))] = ring[slot(index)];
    }
    ring = larger;
  }

  /** Forgets entries before {@code index}. */
  void compactTo(long index) {
    while (size > 0 && first < index) {
      remove(first);
      first++;
    }
    if (size == 0) {
      ring = NONE;
    }
  }

  /** Term of an entry held. */
  long term(long index) {
    return get(index).term();
  }

  /**
   * Adds entries {@code [low, high)}, all of them held, as long as {@code out} stays within {@code
   * bytesMax} bytes, of which {@code used} are used; the first entry of all is always added.
   */
  void copyTo(long low, long high, long bytesMax, long used, EntryBuffer out) {
    long total = used;
    for (long index = low; index < high; index++) {
      Entry entry = get(index);
      total += entry.encodedSize();
      if (total > bytesMax && !out.isEmpty()) {
        return;
      }
      out.add(entry);
    }
  }

  void clear() {
    Arrays.fill(ring, null);
    ring = NONE;
    size = 0;
    bytes = 0;
  }

  private Entry get(long index) {
    Entry entry = ring.length == 0 ? null : ring[slot(index)];
    if (entry == null || entry.index() != index) {
      throw new AssertionError("entry " + index + " is not in the cache");
    }
    return entry;
  }

  /** Only for the first or the last entry; the caller moves {@link #first}. */
  private void remove(long index) {
    bytes -= get(index).encodedSize();
    ring[slot(index)] = null;
    size--;
  }

  private int slot(long index) {
    return (int) (index & (ring.length - 1));
  }
}
