package dev.flotilla.raft;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** One node of an {@link InteractionEnv}, with a state machine that appends what it applies. */
final class InteractionNode {
  /** Sends the last state of the machine in place of what was installed. */
  private static final class HistoryStorage extends MemStorage {
    private final List<Snapshot> history;

    HistoryStorage(List<Snapshot> history) {
      this.history = history;
    }

    @Override
    public Snapshot snapshot(long requestIndex, long to) {
      return history.get(history.size() - 1);
    }
  }

  private static final ConfChangeCodec CODEC = new TextConfChangeCodec();

  private final List<Snapshot> history = new ArrayList<>();
  private final boolean async;

  final MemStorage storage = new HistoryStorage(history);
  final ArrayDeque<Message> appendWork = new ArrayDeque<>();
  final ArrayDeque<Message> applyWork = new ArrayDeque<>();
  private final RaftConfig.Builder settings;
  RawNode raw;

  /** Starts a node; {@code settings} lacks only the applied index. */
  InteractionNode(RaftConfig.Builder settings, boolean async, Snapshot start) {
    this.async = async;
    this.settings = settings;
    history.add(start);
    if (!start.equals(Snapshot.EMPTY)) {
      if (start.index() <= 1) {
        throw new CommandError("index must be specified as > 1 due to bootstrap");
      }
      storage.applySnapshot(start);
    }
    raw = new RawNode(settings.applied(start.index()).build(), storage);
  }

  /** Starts again from what was written and applied; work that waits is lost. */
  void restart() {
    appendWork.clear();
    applyWork.clear();
    Snapshot applied = history.get(history.size() - 1);
    HardState stored = storage.initialState().hardState();
    // What is applied was committed, even if that was not written.
    long commit = Math.max(stored.commit(), applied.index());
    if (!stored.isEmpty()) {
      storage.setHardState(new HardState(stored.term(), stored.vote(), commit));
    }
    storage.setConfState(applied.meta().confState());
    raw = new RawNode(settings.applied(applied.index()).build(), storage);
  }

  boolean isAsync() {
    return async;
  }

  void write(HardState state, Snapshot snapshot, EntryList entries) {
    if (!state.isEmpty()) {
      storage.setHardState(state);
    }
    if (!snapshot.isEmpty()) {
      if (!entries.isEmpty()) {
        throw new CommandError("can't apply snapshot and entries at the same time");
      }
      storage.applySnapshot(snapshot);
    }
    storage.append(entries);
  }

  void apply(EntryList entries) {
    for (Entry entry : entries.asList()) {
      Snapshot last = history.get(history.size() - 1);
      ConfState members = last.meta().confState();
      Payload update = entry.data();
      if (entry.type().isConfChange()) {
        ConfChange change = CODEC.decode(entry.type(), entry.data());
        members = raw.applyConfChange(change);
        update = change.context();
      }
      Payload data = Payload.ofUtf8(last.data().toUtf8() + update.toUtf8());
      history.add(new Snapshot(new SnapshotMeta(entry.index(), entry.term(), members), data));
    }
  }
}
