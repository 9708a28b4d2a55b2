package dev.flotilla.raft;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Storage in memory. Entry 0 of the list stands for what was compacted. */
class MemStorage implements RaftStorage {
  private HardState hardState = HardState.EMPTY;
  private Snapshot snapshot = Snapshot.EMPTY;
  private ConfState confState = ConfState.EMPTY;
  private final List<Entry> entries = new ArrayList<>(List.of(Entry.normal(0, 0, Payload.EMPTY)));

  static MemStorage ofVoters(long... voters) {
    MemStorage storage = new MemStorage();
    storage.confState = ConfState.ofVoters(voters);
    return storage;
  }

  @Override
  public InitialState initialState() {
    return new InitialState(hardState, confState);
  }

  @Override
  public Fetch entries(long low, long high, long bytesMax, EntryBuffer out) {
    long offset = entries.get(0).index();
    if (low <= offset) {
      return Fetch.COMPACTED;
    }
    if (high > lastIndex() + 1) {
      return Fetch.UNAVAILABLE;
    }
    long bytes = 0;
    for (long i = low; i < high; i++) {
      Entry entry = entries.get((int) (i - offset));
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
    long offset = entries.get(0).index();
    if (index < offset) {
      return TERM_COMPACTED;
    }
    return index > lastIndex() ? TERM_UNAVAILABLE : entries.get((int) (index - offset)).term();
  }

  @Override
  public long firstIndex() {
    return entries.get(0).index() + 1;
  }

  @Override
  public long lastIndex() {
    return entries.get(0).index() + entries.size() - 1;
  }

  @Override
  public @Nullable Snapshot snapshot(long requestIndex, long to) {
    return snapshot;
  }

  void setHardState(HardState state) {
    hardState = state;
  }

  void setConfState(ConfState state) {
    confState = state;
  }

  void applySnapshot(Snapshot newSnapshot) {
    snapshot = newSnapshot;
    confState = newSnapshot.meta().confState();
    entries.clear();
    entries.add(Entry.normal(newSnapshot.term(), newSnapshot.index(), Payload.EMPTY));
  }

  /** Keeps a snapshot to send; the log stays. */
  void createSnapshot(long index, ConfState members) {
    snapshot = new Snapshot(new SnapshotMeta(index, term(index), members), Payload.EMPTY);
  }

  /** Drops entries up to {@code index}; returns false if they are gone already. */
  boolean compact(long index) {
    long offset = entries.get(0).index();
    if (index <= offset) {
      return false;
    }
    if (index > lastIndex()) {
      throw new AssertionError("compact " + index + " is out of bound " + lastIndex());
    }
    long term = term(index);
    entries.subList(0, (int) (index - offset)).clear();
    entries.set(0, Entry.normal(term, index, Payload.EMPTY));
    return true;
  }

  void append(EntryList more) {
    for (int i = 0; i < more.size(); i++) {
      Entry entry = more.get(i);
      long slot = entry.index() - entries.get(0).index();
      if (slot <= 0) {
        continue;
      }
      if (slot > entries.size()) {
        throw new AssertionError("gap before " + entry.index());
      }
      entries.subList((int) slot, entries.size()).clear();
      entries.add(entry);
    }
  }

  /** Does what a {@link Ready} says, all at once. */
  void write(Ready ready) {
    HardState state = ready.hardState();
    Snapshot newSnapshot = ready.snapshot();
    if (newSnapshot != null) {
      applySnapshot(newSnapshot);
    }
    append(ready.entries());
    if (state != null) {
      setHardState(state);
    }
  }
}
