package dev.flotilla.raftstore.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.EngineReader;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.proto.eraftpb.HardState;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_serverpb.PeerState;
import dev.flotilla.proto.raft_serverpb.RaftApplyState;
import dev.flotilla.proto.raft_serverpb.RaftLocalState;
import dev.flotilla.proto.raft_serverpb.RaftTruncatedState;
import dev.flotilla.proto.raft_serverpb.RegionLocalState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The records that a store keeps of each region, as they lie on disk. */
public final class RegionStates {
  /**
   * Term and index at which every region begins. Above zero, so that a replica that is added later
   * finds nothing before them and must start from a snapshot.
   */
  public static final long INITIAL_TERM = 5;

  /** See {@link #INITIAL_TERM}. */
  public static final long INITIAL_INDEX = 5;

  private RegionStates() {}

  /** How far a region that was just made has applied. */
  public static RaftApplyState initialApplyState() {
    return RaftApplyState.newBuilder()
        .setAppliedIndex(INITIAL_INDEX)
        .setCommitIndex(INITIAL_INDEX)
        .setCommitTerm(INITIAL_TERM)
        .setTruncatedState(
            RaftTruncatedState.newBuilder().setIndex(INITIAL_INDEX).setTerm(INITIAL_TERM))
        .build();
  }

  /** Log position of a region that was just made. */
  public static RaftLocalState initialRaftState() {
    return RaftLocalState.newBuilder()
        .setHardState(HardState.newBuilder().setTerm(INITIAL_TERM).setCommit(INITIAL_INDEX))
        .setLastIndex(INITIAL_INDEX)
        .build();
  }

  /**
   * As {@link #initialRaftState}, of a replica that comes by a split; one that voted before it knew
   * its range keeps its word.
   *
   * @param voted what it has voted, or null
   */
  public static RaftLocalState splitRaftState(@Nullable RaftLocalState voted) {
    RaftLocalState initial = initialRaftState();
    if (voted == null || voted.getHardState().getTerm() < INITIAL_TERM) {
      return initial;
    }
    return initial.toBuilder()
        .setHardState(voted.getHardState().toBuilder().setCommit(INITIAL_INDEX))
        .build();
  }

  /** Puts everything the kv engine holds of a region that was just made. */
  public static void putInitialKv(WriteBatch kv, Region region) {
    putSplitKv(kv, region, 0);
  }

  /**
   * As {@link #putInitialKv}, of a region that comes by a split.
   *
   * @param stampMillis how far the region that was split had come in time: what had expired by then
   *     must not live again
   */
  public static void putSplitKv(WriteBatch kv, Region region, long stampMillis) {
    RaftApplyState applied = initialApplyState().toBuilder().setLastProposedAt(stampMillis).build();
    putRegionState(kv, region, PeerState.Normal);
    kv.put(Cf.RAFT, Keys.applyStateKey(region.getId()), applied.toByteArray());
  }

  /** Puts everything the raft engine holds of a region that was just made. */
  public static void putInitialRaft(WriteBatch raft, long regionId) {
    putRaftState(raft, regionId, initialRaftState());
  }

  /** Puts the region and what has become of its replica here. */
  public static void putRegionState(WriteBatch kv, Region region, PeerState state) {
    RegionLocalState local =
        RegionLocalState.newBuilder().setState(state).setRegion(region).build();
    kv.put(Cf.RAFT, Keys.regionStateKey(region.getId()), local.toByteArray());
  }

  /**
   * Puts a region whose snapshot was accepted and is to be installed. The log's position goes along
   * for {@code StoreRecovery}: a crash may come before it is in the raft engine, and before what
   * has come behind the snapshot is, of which some may be committed already.
   */
  public static void putAccepted(
      WriteBatch kv, Region region, RaftApplyState applyState, RaftLocalState raftState) {
    putRegionState(kv, region, PeerState.Applying);
    kv.put(Cf.RAFT, Keys.applyStateKey(region.getId()), applyState.toByteArray());
    RaftLocalState.Builder alone = raftState.toBuilder();
    alone
        .getHardStateBuilder()
        .setCommit(Math.min(raftState.getHardState().getCommit(), raftState.getLastIndex()));
    kv.put(Cf.RAFT, Keys.snapshotRaftStateKey(region.getId()), alone.build().toByteArray());
  }

  /**
   * Removes what has come after the accepted snapshot of a region that is still to be installed.
   * None of it has been acknowledged: answers wait for the installation.
   */
  public static void cutToSnapshot(Engines engines, long regionId) {
    RaftApplyState applied = applyState(engines.kv(), regionId);
    RaftLocalState log = raftState(engines.raft(), regionId);
    if (applied == null || log == null) {
      throw new EngineException("region " + regionId + " waits for a snapshot without a state");
    }
    long index = applied.getAppliedIndex();
    if (log.getLastIndex() == index && log.getHardState().getCommit() == index) {
      return;
    }
    try (WriteBatch raft = engines.raft().newBatch()) {
      raft.deleteRange(
          Cf.DEFAULT, Keys.raftLogKey(regionId, 0), Keys.raftLogKey(regionId, Long.MAX_VALUE));
      putRaftState(
          raft,
          regionId,
          log.toBuilder()
              .setHardState(log.getHardState().toBuilder().setCommit(index))
              .setLastIndex(index)
              .build());
      engines.raft().write(raft, true);
    }
  }

  /** Puts a region whose snapshot is installed. */
  public static void putInstalled(WriteBatch kv, Region region) {
    putRegionState(kv, region, PeerState.Normal);
    kv.delete(Cf.RAFT, Keys.snapshotRaftStateKey(region.getId()));
  }

  /**
   * Puts that a replica is gone; what of its log is to be forgotten goes to {@code raft}, which
   * must not be written before {@code kv} is durable.
   */
  public static void putDestroyed(WriteBatch kv, WriteBatch raft, Region region) {
    putRegionState(kv, region, PeerState.Tombstone);
    kv.delete(Cf.RAFT, Keys.applyStateKey(region.getId()));
    kv.delete(Cf.RAFT, Keys.snapshotRaftStateKey(region.getId()));
    raft.deleteRange(
        Cf.DEFAULT, Keys.raftRange(region.getId()).start(), Keys.raftRange(region.getId()).end());
  }

  /** Puts the log's position and the hard state. */
  public static void putRaftState(WriteBatch raft, long regionId, RaftLocalState state) {
    raft.put(Cf.DEFAULT, Keys.raftStateKey(regionId), state.toByteArray());
  }

  public static @Nullable RaftLocalState raftState(EngineReader raft, long regionId) {
    return read(raft, Cf.DEFAULT, Keys.raftStateKey(regionId), RaftLocalState.parser());
  }

  public static @Nullable RaftApplyState applyState(EngineReader kv, long regionId) {
    return read(kv, Cf.RAFT, Keys.applyStateKey(regionId), RaftApplyState.parser());
  }

  /** Log position that goes with a snapshot being installed, or null. */
  public static @Nullable RaftLocalState snapshotRaftState(EngineReader kv, long regionId) {
    return read(kv, Cf.RAFT, Keys.snapshotRaftStateKey(regionId), RaftLocalState.parser());
  }

  /** What has become of the replica of a region here, or null when there never was one. */
  public static @Nullable RegionLocalState regionState(EngineReader kv, long regionId) {
    return read(kv, Cf.RAFT, Keys.regionStateKey(regionId), RegionLocalState.parser());
  }

  /** Every region this store has a record of, in order of id. */
  public static List<RegionLocalState> loadAll(EngineReader kv) {
    List<RegionLocalState> states = new ArrayList<>();
    try (EngineIterator iterator = kv.iterator(Cf.RAFT, Keys.regionStateRange())) {
      for (boolean more = iterator.seekToFirst(); more; more = iterator.next()) {
        states.add(parse(iterator.value(), RegionLocalState.parser(), "region state"));
      }
    }
    return states;
  }

  /**
   * Removes what an interrupted destruction has left of a tombstone's log. A state without a log is
   * not of it, but the vote of a newer replica that has yet to get its data: it must keep its word.
   *
   * @return whether there was anything
   */
  public static boolean clearLeftovers(
      Engines engines, RegionLocalState tombstone, WriteBatch kv, WriteBatch raft) {
    long regionId = tombstone.getRegion().getId();
    RaftLocalState left = raftState(engines.raft(), regionId);
    if (left == null || left.getLastIndex() == 0) {
      return false;
    }
    kv.delete(Cf.RAFT, Keys.applyStateKey(regionId));
    raft.deleteRange(Cf.DEFAULT, Keys.raftRange(regionId).start(), Keys.raftRange(regionId).end());
    return true;
  }

  private static <T extends MessageLite> @Nullable T read(
      EngineReader engine, Cf cf, byte[] key, Parser<T> parser) {
    byte[] stored = engine.get(cf, key);
    return stored == null ? null : parse(stored, parser, "state of a region");
  }

  /**
   * Decodes a record of ours.
   *
   * @throws EngineException when the bytes are none: the disk is damaged
   */
  public static <T extends MessageLite> T parse(byte[] stored, Parser<T> parser, String what) {
    try {
      return parser.parseFrom(stored);
    } catch (InvalidProtocolBufferException e) {
      throw new EngineException(what + " cannot be read", e);
    }
  }
}
