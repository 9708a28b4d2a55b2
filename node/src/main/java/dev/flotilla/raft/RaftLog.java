package dev.flotilla.raft;

import org.jspecify.annotations.Nullable;

/**
 * The log of one replica: what storage has, followed by the unstable tail.
 *
 * <p>Invariant: applied &lt;= applying &lt;= committed &lt;= last index. Applying is the last index
 * handed out; paging follows it and never the commit index, so that what is stored as the commit
 * index is what is committed.
 */
final class RaftLog {
  private final RaftStorage storage;
  private final Unstable unstable;
  private final LogTrace trace;
  private final long applyingBytesMax;
  private final RecentViews recent = new RecentViews();
  private final EntryBuffer fetched = new EntryBuffer();

  private long committed;
  private long applying;
  private long applied;
  private long applyingBytes;
  private boolean applyingPaused;

  /** Whether entries went through since time last passed. */
  private boolean active;

  /**
   * Opens the log.
   *
   * @param applyingBytesMax encoded bytes that may be handed out and not applied
   */
  RaftLog(RaftStorage storage, long applyingBytesMax, LogTrace trace) {
    this.storage = storage;
    this.trace = trace;
    this.applyingBytesMax = applyingBytesMax;
    long first = storage.firstIndex();
    unstable = new Unstable(storage.lastIndex() + 1, trace);
    committed = first - 1;
    applying = committed;
    applied = committed;
  }

  Unstable unstable() {
    return unstable;
  }

  long committed() {
    return committed;
  }

  long applied() {
    return applied;
  }

  /** Returns the last index handed out to be applied. */
  long applying() {
    return applying;
  }

  long firstIndex() {
    Snapshot snapshot = unstable.snapshot();
    return snapshot == null ? storage.firstIndex() : snapshot.index() + 1;
  }

  long lastIndex() {
    long last = unstable.lastIndex();
    return last >= 0 ? last : storage.lastIndex();
  }

  long lastTerm() {
    long term = term(lastIndex());
    Invariants.check(term >= 0, "the last entry has no term");
    return term;
  }

  /** Returns the term of an entry or a negative constant of {@link RaftStorage}. */
  long term(long index) {
    long term = unstable.term(index);
    if (term >= 0) {
      return term;
    }
    // The entry before the first is known too: a snapshot has its term.
    if (index + 1 < firstIndex()) {
      return RaftStorage.TERM_COMPACTED;
    }
    if (index > lastIndex()) {
      return RaftStorage.TERM_UNAVAILABLE;
    }
    return storage.term(index);
  }

  /** Returns the term of an entry, 0 if it is not here. For log lines and hints only. */
  long termOrZero(long index) {
    return Math.max(0, term(index));
  }

  /** Returns whether the log has an entry of {@code term} at {@code index}. */
  boolean matches(long term, long index) {
    // A missing entry has a negative term, so it matches nothing, an empty log's 0 included.
    return term >= 0 && term(index) == term;
  }

  /** Returns whether a log that ends so is at least as complete as this one (thesis 3.6.1). */
  boolean isUpToDate(long term, long index) {
    long ownTerm = lastTerm();
    return term > ownTerm || (term == ownTerm && index >= lastIndex());
  }

  /**
   * Takes an append of a leader.
   *
   * @return the last index that now agrees with the leader, or -1 if the logs differ before
   */
  long maybeAppend(long prevTerm, long prevIndex, EntryList entries, long leaderCommit) {
    if (!matches(prevTerm, prevIndex)) {
      return -1;
    }
    long lastVerified = prevIndex + entries.size();
    int conflict = findConflict(entries);
    if (conflict < entries.size()) {
      append(entries.slice(conflict, entries.size()));
    }
    // Entries after the verified ones may be of an older leader: never commit those.
    commitTo(Math.min(leaderCommit, lastVerified));
    return lastVerified;
  }

  /** Returns the position of the first entry that the log lacks; the size if it has all. */
  private int findConflict(EntryList entries) {
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      if (!matches(entry.term(), entry.index())) {
        if (entry.index() <= lastIndex()) {
          trace.conflict(entry.index(), termOrZero(entry.index()), entry.term());
        }
        return i;
      }
    }
    return entries.size();
  }

  /** Appends entries, replacing any from the first of them on; none may be committed. */
  void append(EntryList entries) {
    if (!entries.isEmpty()) {
      long after = entries.first().index() - 1;
      Invariants.check(
          after >= committed, "append after %d would replace committed %d", after, committed);
      if (after < lastIndex()) {
        recent.clear();
      }
      unstable.truncateAndAppend(entries);
      recent.keep(entries);
      active = true;
    }
  }

  /** Appends the entry after the last. */
  void append(Entry entry) {
    active = true;
    unstable.append(entry);
  }

  /**
   * Returns the highest index at or below {@code index} whose term is at most {@code term}: above
   * it the logs cannot agree. Stops at an index whose term is not known.
   */
  long findConflictByTerm(long index, long term) {
    long candidate = index;
    // A term that is not known is negative, that of index 0 is 0.
    while (term(candidate) > term) {
      candidate--;
    }
    return candidate;
  }

  /** Raises the commit index. */
  void commitTo(long index) {
    if (index > committed) {
      Invariants.check(
          index <= lastIndex(),
          "commit %d is beyond the last index %d: the log was damaged, cut or lost",
          index,
          lastIndex());
      committed = index;
    }
  }

  /** Starts from a stored commit index. */
  void loadCommit(long index) {
    Invariants.check(
        index >= committed && index <= lastIndex(),
        "stored commit %d does not fit a log that ends at %d",
        index,
        lastIndex());
    committed = index;
  }

  /**
   * Entries up to {@code index} are applied.
   *
   * @param bytes encoded bytes that no longer count as being applied
   */
  void appliedTo(long index, long bytes) {
    Invariants.check(
        index >= applied && index <= committed,
        "applied %d is not between applied and committed %d",
        index,
        committed);
    applied = index;
    applying = Math.max(applying, index);
    applyingBytes = Math.max(0, applyingBytes - bytes);
    applyingPaused = applyingBytes >= applyingBytesMax;
  }

  /** Entries up to {@code index}, {@code bytes} in size, are handed out. */
  void acceptApplying(long index, long bytes, boolean allowUnstable) {
    Invariants.check(index <= committed, "applying %d is not committed %d", index, committed);
    applying = index;
    applyingBytes += bytes;
    // Less than everything was handed out: the page was full, even if the sizes do not show it.
    applyingPaused = applyingBytes >= applyingBytesMax || index < appliable(allowUnstable);
  }

  boolean isApplyPaused() {
    return applyingPaused;
  }

  private long appliable(boolean allowUnstable) {
    return allowUnstable ? committed : Math.min(committed, unstable.offset() - 1);
  }

  boolean hasNextCommitted(boolean allowUnstable) {
    return !applyingPaused
        && applying < appliable(allowUnstable)
        // Entries must not overtake the snapshot that they follow.
        && unstable.snapshot() == null;
  }

  /** Returns the next page of entries to apply. */
  EntryList nextCommitted(boolean allowUnstable) {
    if (!hasNextCommitted(allowUnstable)) {
      return EntryList.EMPTY;
    }
    long budget = applyingBytesMax - applyingBytes;
    EntryList entries = slice(applying + 1, appliable(allowUnstable) + 1, budget);
    if (entries == null) {
      throw new AssertionError("committed entry " + (applying + 1) + " is compacted");
    }
    return entries;
  }

  /** Returns the snapshot that stands for the start of the log; null if none is ready. */
  @Nullable Snapshot snapshot(long requestIndex, long to) {
    Snapshot pending = unstable.snapshot();
    return pending != null ? pending : storage.snapshot(requestIndex, to);
  }

  /** Returns the entries whose writing has not begun. */
  EntryList nextUnstable() {
    return unstable.hasNextEntries()
        ? unstableView(unstable.offsetInProgress(), unstable.lastIndex() + 1)
        : EntryList.EMPTY;
  }

  private EntryList unstableView(long low, long high) {
    EntryList view = recent.find(low, high);
    if (view == null) {
      view = unstable.slice(low, high);
      recent.keep(view);
      active = true;
    }
    return view;
  }

  /** Time passes: entries that nobody needs are not kept for a quick answer. */
  void forgetRecent() {
    if (active) {
      active = false;
      recent.clear();
      unstable.trim();
    }
  }

  /** Replaces the log by a snapshot. */
  void restore(Snapshot snapshot) {
    trace.startsToRestore(this, snapshot);
    recent.clear();
    committed = snapshot.index();
    unstable.restore(snapshot);
  }

  /**
   * Returns entries {@code [low, high)}, at least one, cut where their size passes {@code
   * bytesMax}; null if the first is compacted.
   */
  @Nullable EntryList slice(long low, long high, long bytesMax) {
    Invariants.check(low <= high, "slice [%d, %d) is inverted", low, high);
    if (low < firstIndex()) {
      return null;
    }
    Invariants.check(
        high <= lastIndex() + 1, "slice up to %d passes the last index %d", high, lastIndex());
    if (low == high) {
      return EntryList.EMPTY;
    }
    if (low >= unstable.offset()) {
      return unstableView(low, high).limitedTo(bytesMax);
    }
    EntryList view = recent.find(low, high);
    if (view != null) {
      return view.limitedTo(bytesMax);
    }
    long cut = Math.min(high, unstable.offset());
    fetched.reserve((int) Math.min(cut - low, 64));
    RaftStorage.Fetch outcome = storage.entries(low, cut, bytesMax, fetched);
    EntryList stable = fetched.drain();
    if (outcome == RaftStorage.Fetch.COMPACTED) {
      return null;
    }
    Invariants.check(outcome == RaftStorage.Fetch.OK, "storage lacks entries [%d, %d)", low, cut);
    if (cut == high || stable.size() < cut - low) {
      return stable;
    }
    long budget = bytesMax - stable.encodedSize();
    EntryList rest = unstable.slice(cut, high).limitedTo(budget);
    return rest.encodedSize() > budget ? stable : stable.concat(rest);
  }

  /** Returns whether a conf change is among the entries {@code [low, high)}; reads by pages. */
  boolean hasConfChange(long low, long high, long pageBytes) {
    long next = low;
    while (next < high) {
      EntryList page = slice(next, high, pageBytes);
      if (page == null || page.isEmpty()) {
        throw new AssertionError("unapplied entry " + next + " cannot be read");
      }
      for (int i = 0; i < page.size(); i++) {
        if (page.get(i).type().isConfChange()) {
          return true;
        }
      }
      next += page.size();
    }
    return false;
  }

  @Override
  public String toString() {
    return "committed="
        + committed
        + ", applied="
        + applied
        + ", applying="
        + applying
        + ", unstable.offset="
        + unstable.offset()
        + ", unstable.offsetInProgress="
        + unstable.offsetInProgress()
        + ", len(unstable.Entries)="
        + unstable.size();
  }
}
