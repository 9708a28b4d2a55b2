package dev.flotilla.raftstore.storage;

import dev.flotilla.engine.Engines;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raft.Entry;
import dev.flotilla.raft.EntryList;
import dev.flotilla.raft.Message;
import dev.flotilla.raft.MsgType;
import dev.flotilla.raft.Payload;
import dev.flotilla.raft.RaftConfig;
import dev.flotilla.raft.RawNode;
import dev.flotilla.raft.Ready;
import dev.flotilla.raft.StepResult;
import dev.flotilla.raftstore.wire.EraftConfChangeCodec;
import dev.flotilla.sim.SimClock;

/** A raft group over a {@link PeerStorage}, driven by hand: only raft itself can make a Ready. */
public final class StoredRaft {
  private final Engines engines;
  private final PeerStorage storage;
  private final RawNode raft;

  public StoredRaft(Engines engines, Region region, long peerId) {
    this.engines = engines;
    this.storage = PeerStorage.load(engines, region, noSnapshots());
    this.raft =
        new RawNode(
            RaftConfig.builder(peerId, new EraftConfChangeCodec(), (term, min, max) -> min)
                .electionTicks(8)
                .heartbeatTicks(2)
                .applied(storage.appliedIndex())
                .build(),
            storage);
  }

  static SnapshotExchange noSnapshots() {
    return new SnapshotExchange(1, task -> true, task -> true, new SimClock(), store -> true);
  }

  public PeerStorage storage() {
    return storage;
  }

  public RawNode raft() {
    return raft;
  }

  /** Persists all there is; returns whether anything was put into a batch. */
  public boolean persist() {
    boolean put = false;
    while (raft.hasReady()) {
      Ready ready = raft.ready();
      try (WriteBatch kv = engines.kv().newBatch();
          WriteBatch batch = engines.raft().newBatch()) {
        put |= storage.persist(ready, kv, batch);
        engines.raft().write(batch, true);
      }
      raft.advanceAppend(ready);
    }
    return put;
  }

  /** Becomes leader; only for a group with one voter. */
  public void lead() {
    raft.campaign();
    persist();
  }

  /** Logs {@code count} entries as leader. */
  public void propose(int count) {
    for (int i = 0; i < count; i++) {
      if (raft.propose(Payload.ofUtf8("entry")) != StepResult.OK) {
        throw new AssertionError("proposal dropped");
      }
    }
    persist();
  }

  /** Receives entries as follower, after the entry {@code prevTerm}, {@code prevIndex}. */
  public boolean append(
      long from, long term, long prevTerm, long prevIndex, long commit, Entry... entries) {
    StepResult result =
        raft.step(
            Message.builder(MsgType.APPEND)
                .from(from)
                .to(raft.id())
                .term(term)
                .logTerm(prevTerm)
                .index(prevIndex)
                .commit(commit)
                .entries(EntryList.of(entries))
                .build());
    if (result != StepResult.OK) {
      throw new AssertionError("append not taken: " + result);
    }
    return persist();
  }

  /** An apply worker has come to {@code index}. */
  public void applyTo(long index) {
    storage.onApplied(
        storage.applyState().toBuilder()
            .setAppliedIndex(index)
            .setCommitIndex(index)
            .setCommitTerm(storage.term(index))
            .build());
    raft.advanceApplyTo(index);
  }
}
