package dev.flotilla.raft;

import org.jspecify.annotations.Nullable;

/** Keeps the last entries in a ring, so that benchmarks measure the algorithm and not a storage. */
final class RingStorage implements RaftStorage {
  private final @Nullable Entry[] ring;
  private final ConfState voters;
  private long last;
  private long term;
  private long vote;
  private long commit;

  /** Keeps {@code capacity} entries, a power of two. */
  RingStorage(int capacity, long... voters) {
    ring = new Entry[capacity];
    this.voters = ConfState.ofVoters(voters);
  }

  /** Does what a {@link Ready} says, all at once. */
  void write(Ready ready) {
    EntryList entries = ready.entries();
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      ring[(int) entry.index() & (ring.length - 1)] = entry;
      last = entry.index();
    }
    if (ready.hardStateChanged()) {
      term = ready.term();
      vote = ready.vote();
      commit = ready.commit();
    }
  }

  private @Nullable Entry at(long index) {
    return ring[(int) index & (ring.length - 1)];
  }

  @Override
  public InitialState initialState() {
    return new InitialState(new HardState(term, vote, commit), voters);
  }

  @Override
  public Fetch entries(long low, long high, long bytesMax, EntryBuffer out) {
    long bytes = 0;
    for (long i = low; i < high; i++) {
      Entry entry = at(i);
      if (entry == null) {
        return Fetch.UNAVAILABLE;
      }
      bytes += entry.encodedSize();
      if (i > low && bytes > bytesMax) {
        break;
      }
      out.add(entry);
    }
    return Fetch.OK;
  }

  @Override
  public long term(long index) {
    if (index == 0) {
      return 0;
    }
    Entry entry = at(index);
    return entry == null ? TERM_UNAVAILABLE : entry.term();
  }

  @Override
  public long firstIndex() {
    return Math.max(1, last - ring.length + 1);
  }

  @Override
  public long lastIndex() {
    return last;
  }

  @Override
  public @Nullable Snapshot snapshot(long requestIndex, long to) {
    return null;
  }
}
