package dev.flotilla.raft;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One replica of a {@link SimCluster}: its disk survives crashes, the rest does not. */
final class SimNode {
  /** Where what happens is checked against what must hold. */
  interface Observer {
    void onApplied(long id, long index, long term, long hash);

    void onRead(long id, long readIndex, Payload context);

    void onVote(long id, long term, long vote);
  }

  /** Sends the state machine as of now. */
  private final class Disk extends MemStorage {
    @Override
    public Snapshot snapshot(long requestIndex, long to) {
      SnapshotMeta meta = new SnapshotMeta(applied, appliedTerm, members);
      return new Snapshot(meta, Payload.ofUtf8(Long.toString(hash)));
    }
  }

  private static final ConfChangeCodec CODEC = new TextConfChangeCodec();

  final long id;
  private final Random random;
  private final Observer observer;
  private final Consumer<Message> network;
  private final RaftConfig.Builder settings;
  private final boolean async;

  // [persistent]
  private final Disk disk = new Disk();
  private HardState synced = HardState.EMPTY;
  private long applied;
  private long appliedTerm;
  private long hash;
  private ConfState members = ConfState.EMPTY;

  // [volatile]
  private @Nullable RawNode raw;
  private final ArrayDeque<Entry> toApply = new ArrayDeque<>();
  private final ArrayDeque<Message> appendWork = new ArrayDeque<>();
  private final ArrayDeque<Message> applyWork = new ArrayDeque<>();
  private List<ReadState> reads = new ArrayList<>();

  SimNode(
      long id,
      Random random,
      Observer observer,
      Consumer<Message> network,
      RaftConfig.Builder settings,
      boolean async) {
    this.id = id;
    this.random = random;
    this.observer = observer;
    this.network = network;
    this.settings = settings;
    this.async = async;
  }

  /** Gives the disk the state that the first voters start from. */
  void bootstrap(ConfState voters) {
    SnapshotMeta meta = new SnapshotMeta(1, 1, voters);
    install(new Snapshot(meta, Payload.ofUtf8("0")));
  }

  private void install(Snapshot snapshot) {
    disk.applySnapshot(snapshot);
    applied = snapshot.index();
    appliedTerm = snapshot.term();
    members = snapshot.meta().confState();
    hash = Long.parseLong(snapshot.data().toUtf8());
    toApply.clear();
    observer.onApplied(id, applied, appliedTerm, hash);
  }

  boolean isUp() {
    return raw != null;
  }

  RawNode raw() {
    RawNode node = raw;
    if (node == null) {
      throw new IllegalStateException(id + " is down");
    }
    return node;
  }

  void start() {
    // A commit index that was not synced may be behind what was applied.
    long commit = Math.max(synced.commit(), applied);
    boolean fresh = synced.isEmpty() && applied == 0;
    disk.setHardState(fresh ? synced : new HardState(synced.term(), synced.vote(), commit));
    disk.setConfState(members);
    raw = new RawNode(settings.applied(applied).build(), disk);
  }

  void crash() {
    raw = null;
    toApply.clear();
    appendWork.clear();
    applyWork.clear();
    reads = new ArrayList<>();
  }

  void step(Message message) {
    if (raw != null) {
      raw.step(message);
    }
  }

  /** Does one piece of work; may crash in between with a chance of one in {@code crashOdds}. */
  void work(int crashOdds) {
    switch (random.nextInt(4)) {
      case 0 -> applySome();
      case 1 -> {
        for (int i = 0; i < 16; i++) {
          storageWork();
        }
      }
      default -> handleReady(crashOdds);
    }
    answerReads();
  }

  private boolean crashes(int odds) {
    boolean now = odds > 0 && random.nextInt(odds) == 0;
    if (now) {
      crash();
    }
    return now;
  }

  private void handleReady(int crashOdds) {
    RawNode node = raw;
    if (node == null || !node.hasReady()) {
      return;
    }
    Ready ready = node.ready();
    reads.addAll(ready.readStates());
    for (Message message : List.copyOf(ready.messages())) {
      if (message.to() == Message.APPEND_THREAD) {
        appendWork.add(message);
      } else if (message.to() == Message.APPLY_THREAD) {
        applyWork.add(message);
      } else {
        network.accept(message);
      }
    }
    if (async || crashes(crashOdds)) {
      return;
    }
    write(ready.hardState(), ready.snapshot(), ready.entries(), ready.mustSync());
    if (crashes(crashOdds)) {
      return;
    }
    List.copyOf(ready.messagesAfterPersist()).forEach(network);
    toApply.addAll(ready.committedEntries().asList());
    node.advanceAppend(ready);
  }

  private void write(
      @Nullable HardState state, @Nullable Snapshot snapshot, EntryList entries, boolean sync) {
    if (snapshot != null) {
      install(snapshot);
    }
    disk.append(entries);
    if (state != null) {
      if (sync || random.nextBoolean()) {
        synced = state;
      }
      observer.onVote(id, state.term(), state.vote());
    }
  }

  private void storageWork() {
    boolean append = random.nextBoolean();
    Message work = append ? appendWork.poll() : applyWork.poll();
    if (work == null || raw == null) {
      return;
    }
    if (append) {
      HardState state = new HardState(work.term(), work.vote(), work.commit());
      Snapshot snapshot = work.snapshot();
      write(state.isEmpty() ? null : state, snapshot, work.entries(), true);
    } else {
      work.entries().asList().forEach(this::apply);
    }
    for (Message response : work.responses()) {
      if (response.to() == id) {
        raw.step(response);
      } else {
        network.accept(response);
      }
    }
  }

  private void applySome() {
    RawNode node = raw;
    int count = toApply.isEmpty() ? 0 : 1 + random.nextInt(toApply.size());
    for (int i = 0; i < count; i++) {
      apply(toApply.remove());
    }
    if (count > 0 && node != null) {
      node.advanceApplyTo(applied);
      if (random.nextInt(8) == 0 && applied > 4) {
        disk.compact(applied - random.nextInt(4));
      }
    }
  }

  private void apply(Entry entry) {
    if (entry.index() <= applied) {
      // A snapshot has overtaken what was on its way to the state machine.
      return;
    }
    if (entry.index() != applied + 1) {
      throw new AssertionError(id + " got " + entry + " after " + applied);
    }
    if (entry.type().isConfChange()) {
      ConfChange change = CODEC.decode(entry.type(), entry.data());
      if (raw().confChangeRefusal(change) == null) {
        members = raw().applyConfChange(change);
      }
    }
    applied = entry.index();
    appliedTerm = entry.term();
    hash = hash * 31 + entry.term() * 17 + entry.data().hashCode();
    observer.onApplied(id, applied, appliedTerm, hash);
  }

  private void answerReads() {
    List<ReadState> waiting = new ArrayList<>();
    for (ReadState read : reads) {
      if (read.index() <= applied) {
        observer.onRead(id, read.index(), read.context());
      } else {
        waiting.add(read);
      }
    }
    reads = waiting;
  }
}
