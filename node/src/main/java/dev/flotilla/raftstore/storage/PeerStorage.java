package dev.flotilla.raftstore.storage;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.proto.eraftpb.HardState;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_serverpb.RaftApplyState;
import dev.flotilla.proto.raft_serverpb.RaftLocalState;
import dev.flotilla.proto.raft_serverpb.RaftSnapshotData;
import dev.flotilla.proto.raft_serverpb.RaftTruncatedState;
import dev.flotilla.raft.Entry;
import dev.flotilla.raft.EntryBuffer;
import dev.flotilla.raft.EntryList;
import dev.flotilla.raft.InitialState;
import dev.flotilla.raft.RaftStorage;
import dev.flotilla.raft.Ready;
import dev.flotilla.raft.Snapshot;
import dev.flotilla.raftstore.Invariants;
import dev.flotilla.raftstore.RegionMembers;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.wire.EntryCodec;
import dev.flotilla.raftstore.wire.MessageCodec;
import dev.flotilla.raftstore.wire.RegionStates;
import org.jspecify.annotations.Nullable;

/**
 * One replica's durable log and states, with what of them is in memory. Used on the store loop.
 *
 * <p>Invariant: truncated ≤ applied ≤ committed ≤ last; entries (truncated, last] can be read.
 *
 * <p>The states move ahead in memory when they are put into a batch. That batch is written before
 * anything else happens, or the store stops, so nobody sees the difference.
 */
public final class PeerStorage implements RaftStorage {
  private final Engines engines;
  private final EntryCache cache = new EntryCache();
  private final SnapshotExchange snapshots;

  private Region region;

  /** [persistent] */
  private HardState hardState;

  /** [persistent] */
  private long lastIndex;

  private long lastTerm;

  /** [persistent] */
  private RaftApplyState applyState;

  private PeerStorage(
      Region region,
      Engines engines,
      SnapshotExchange snapshots,
      RaftLocalState raftState,
      RaftApplyState applyState) {
    this.region = region;
    this.engines = engines;
    this.snapshots = snapshots;
    this.hardState = raftState.getHardState();
    this.lastIndex = raftState.getLastIndex();
    this.applyState = applyState;
  }

  /**
   * Loads a replica whose region is known.
   *
   * @throws EngineException when the log does not reach what was applied, or has a hole before it:
   *     acknowledged writes are missing and the store must not start
   */
  public static PeerStorage load(Engines engines, Region region, SnapshotExchange snapshots) {
    long regionId = region.getId();
    Invariants.check(Regions.isInitialized(region), "region without peers has no storage");
    RaftApplyState applyState = RegionStates.applyState(engines.kv(), regionId);
    RaftLocalState raftState = RegionStates.raftState(engines.raft(), regionId);
    if (raftState == null || raftState.getLastIndex() == 0) {
      // Born by a split: whoever wrote the region left the log to us.
      raftState = RegionStates.splitRaftState(raftState);
      try (WriteBatch raft = engines.raft().newBatch()) {
        RegionStates.putRaftState(raft, regionId, raftState);
        engines.raft().write(raft, true);
      }
    }
    PeerStorage storage =
        new PeerStorage(
            region,
            engines,
            snapshots,
            raftState,
            applyState == null ? RegionStates.initialApplyState() : applyState);
    storage.recover();
    return storage;
  }

  /**
   * A replica that knows its region's id alone, and what it has voted for; the rest comes with its
   * first snapshot.
   */
  public static PeerStorage uninitialized(
      Engines engines, long regionId, SnapshotExchange snapshots) {
    RaftLocalState voted = RegionStates.raftState(engines.raft(), regionId);
    return new PeerStorage(
        Region.newBuilder().setId(regionId).build(),
        engines,
        snapshots,
        voted == null
            ? RaftLocalState.getDefaultInstance()
            : RaftLocalState.newBuilder()
                .setHardState(voted.getHardState().toBuilder().clearCommit())
                .build(),
        RaftApplyState.getDefaultInstance());
  }

  private void recover() {
    long applied = applyState.getAppliedIndex();
    if (lastIndex < applied) {
      throw damaged("log ends at " + lastIndex + " but " + applied + " was applied");
    }
    long first = firstStoredIndex();
    if (lastIndex > applied && first > applied + 1) {
      throw damaged("log begins at " + first + " but " + applied + " was applied last");
    }
    lastTerm = loadLastTerm();
    moveCommitForward();
  }

  /**
   * Applied entries were committed, but the log may not have recorded it before a power loss: the
   * commit index alone is never synced.
   */
  private void moveCommitForward() {
    long known = applyState.getCommitIndex();
    if (known <= hardState.getCommit()) {
      return;
    }
    if (known > lastIndex || term(known) != applyState.getCommitTerm()) {
      throw damaged("entry " + known + " was committed but is not in the log");
    }
    hardState = hardState.toBuilder().setCommit(known).build();
  }

  private long loadLastTerm() {
    RaftTruncatedState truncated = applyState.getTruncatedState();
    if (lastIndex == truncated.getIndex()) {
      return truncated.getTerm();
    }
    return read(lastIndex).term();
  }

  /** First entry that is really there; past the last index when there is none. */
  private long firstStoredIndex() {
    try (EngineIterator iterator =
        engines.raft().iterator(Cf.DEFAULT, Keys.raftLogRange(region.getId()))) {
      return iterator.seekToFirst() ? Keys.raftLogIndex(iterator.key()) : lastIndex + 1;
    }
  }

  private EngineException damaged(String what) {
    return new EngineException("region " + region.getId() + " is damaged: " + what);
  }

  @Override
  public InitialState initialState() {
    return new InitialState(
        new dev.flotilla.raft.HardState(
            hardState.getTerm(), hardState.getVote(), hardState.getCommit()),
        RegionMembers.confState(region));
  }

  @Override
  public Fetch entries(long low, long high, long bytesMax, EntryBuffer out) {
    if (low <= truncatedIndex()) {
      return Fetch.COMPACTED;
    }
    if (high > lastIndex + 1) {
      return Fetch.UNAVAILABLE;
    }
    long cachedFrom = Math.max(low, Math.min(cache.firstIndex(), high));
    long used = 0;
    if (low < cachedFrom) {
      used = readRange(low, cachedFrom, bytesMax, out);
      if (out.size() < cachedFrom - low) {
        return Fetch.OK;
      }
    }
    cache.copyTo(cachedFrom, high, bytesMax, used, out);
    return Fetch.OK;
  }

  /** Reads from disk until {@code bytesMax} is used up; returns the bytes read. */
  private long readRange(long low, long high, long bytesMax, EntryBuffer out) {
    long total = 0;
    long expected = low;
    try (EngineIterator iterator =
        engines.raft().iterator(Cf.DEFAULT, Keys.raftLogRange(region.getId(), low, high))) {
      for (boolean more = iterator.seekToFirst(); more; more = iterator.next()) {
        Entry entry = EntryCodec.decode(iterator.value());
        if (entry.index() != expected) {
          throw damaged("entry " + expected + " is missing from the log");
        }
        total += entry.encodedSize();
        if (total > bytesMax && !out.isEmpty()) {
          return total;
        }
        out.add(entry);
        expected++;
      }
    }
    if (expected != high) {
      throw damaged("entry " + expected + " is missing from the log");
    }
    return total;
  }

  @Override
  public long term(long index) {
    if (index == truncatedIndex()) {
      return applyState.getTruncatedState().getTerm();
    }
    if (index < truncatedIndex()) {
      return TERM_COMPACTED;
    }
    if (index > lastIndex) {
      return TERM_UNAVAILABLE;
    }
    if (index == lastIndex || applyState.getTruncatedState().getTerm() == lastTerm) {
      return lastTerm;
    }
    return index >= cache.firstIndex() ? cache.term(index) : read(index).term();
  }

  private Entry read(long index) {
    byte[] stored = engines.raft().get(Cf.DEFAULT, Keys.raftLogKey(region.getId(), index));
    if (stored == null) {
      throw damaged("entry " + index + " is missing from the log");
    }
    Entry entry = EntryCodec.decode(stored);
    if (entry.index() != index) {
      throw damaged("entry " + entry.index() + " lies in the place of " + index);
    }
    return entry;
  }

  @Override
  public long firstIndex() {
    return truncatedIndex() + 1;
  }

  @Override
  public long lastIndex() {
    return lastIndex;
  }

  @Override
  public @Nullable Snapshot snapshot(long requestIndex, long to) {
    return snapshots.take(region, Math.max(requestIndex, truncatedIndex()), to);
  }

  /**
   * Puts what {@code ready} wants kept into the batches, of which {@code kv} is to be written and
   * synced first: the log that a snapshot replaces may go only when the snapshot is known of.
   *
   * <p>A commit index that moved alone is not worth a write: what was applied carries it, and what
   * was not applied will be found committed again.
   *
   * @return whether anything was put
   */
  public boolean persist(Ready ready, WriteBatch kv, WriteBatch raft) {
    dev.flotilla.raft.HardState changed = ready.hardState();
    boolean write = !ready.entries().isEmpty();
    if (changed != null) {
      write |= changed.term() != hardState.getTerm() || changed.vote() != hardState.getVote();
      hardState =
          HardState.newBuilder()
              .setTerm(changed.term())
              .setVote(changed.vote())
              .setCommit(changed.commit())
              .build();
    }
    Snapshot snapshot = ready.snapshot();
    if (snapshot != null) {
      write = true;
      accept(snapshot, kv, raft);
    }
    if (!ready.entries().isEmpty()) {
      append(ready.entries(), raft);
    }
    if (write) {
      RegionStates.putRaftState(raft, region.getId(), raftState());
    }
    return write;
  }

  private RaftLocalState raftState() {
    return RaftLocalState.newBuilder().setHardState(hardState).setLastIndex(lastIndex).build();
  }

  /** From here on the region is what the snapshot says, but without data until it is installed. */
  private void accept(Snapshot snapshot, WriteBatch kv, WriteBatch raft) {
    RaftSnapshotData data = MessageCodec.snapshotData(snapshot);
    Invariants.check(
        data.getRegion().getId() == region.getId(),
        "snapshot of another region",
        region.getId(),
        data.getRegion().getId());
    raft.deleteRange(
        Cf.DEFAULT,
        Keys.raftLogKey(region.getId(), 0),
        Keys.raftLogKey(region.getId(), Long.MAX_VALUE));
    cache.clear();
    region = data.getRegion();
    lastIndex = snapshot.index();
    lastTerm = snapshot.term();
    hardState = hardState.toBuilder().setCommit(Math.max(hardState.getCommit(), lastIndex)).build();
    applyState =
        RaftApplyState.newBuilder()
            .setAppliedIndex(lastIndex)
            .setCommitIndex(lastIndex)
            .setCommitTerm(lastTerm)
            .setLastProposedAt(data.getLastProposedAt())
            .setTruncatedState(
                RaftTruncatedState.newBuilder().setIndex(lastIndex).setTerm(lastTerm))
            .build();
    RegionStates.putAccepted(kv, region, applyState, raftState());
  }

  private void append(EntryList entries, WriteBatch raft) {
    long regionId = region.getId();
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      raft.put(Cf.DEFAULT, Keys.raftLogKey(regionId, entry.index()), EntryCodec.encode(entry));
    }
    for (long stale = entries.last().index() + 1; stale <= lastIndex; stale++) {
      raft.delete(Cf.DEFAULT, Keys.raftLogKey(regionId, stale));
    }
    lastIndex = entries.last().index();
    lastTerm = entries.last().term();
    cache.append(entries);
  }

  /** An apply worker has come this far. */
  public void onApplied(RaftApplyState state) {
    Invariants.check(
        state.getAppliedIndex() >= appliedIndex(),
        "applied index went back",
        appliedIndex(),
        state.getAppliedIndex());
    applyState = state;
    cache.compactTo(appliedIndex() + 1);
  }

  /** Entries up to and including {@code index} will be deleted. */
  public void onCompacted(long index) {
    cache.compactTo(index + 1);
  }

  /** The region has changed, by an entry that was applied. */
  public void onRegionChanged(Region changed) {
    region = changed;
  }

  /** Snapshots that come and go. */
  public SnapshotExchange snapshots() {
    return snapshots;
  }

  /** Whether the region has no data because its snapshot is not installed yet. */
  public boolean isApplyingSnapshot() {
    return snapshots.isWithoutData();
  }

  /** The region as of start or the last change that the store loop has taken in. */
  public Region region() {
    return region;
  }

  /** Index up to which the region's data reflects the log. */
  public long appliedIndex() {
    return applyState.getAppliedIndex();
  }

  /** What a restarted apply delegate goes on from. */
  public RaftApplyState applyState() {
    return applyState;
  }

  /** Last index that is no longer in the log. */
  public long truncatedIndex() {
    return applyState.getTruncatedState().getIndex();
  }
}
