package dev.flotilla.raftstore.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.eraftpb.HardState;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_serverpb.RaftApplyState;
import dev.flotilla.proto.raft_serverpb.RaftLocalState;
import dev.flotilla.proto.raft_serverpb.RaftSnapshotData;
import dev.flotilla.proto.raft_serverpb.RaftTruncatedState;
import dev.flotilla.raft.ConfState;
import dev.flotilla.raft.Entry;
import dev.flotilla.raft.EntryBuffer;
import dev.flotilla.raft.EntryList;
import dev.flotilla.raft.IdSet;
import dev.flotilla.raft.Message;
import dev.flotilla.raft.MsgType;
import dev.flotilla.raft.Payload;
import dev.flotilla.raft.RaftStorage;
import dev.flotilla.raft.RaftStorage.Fetch;
import dev.flotilla.raft.Snapshot;
import dev.flotilla.raft.SnapshotMeta;
import dev.flotilla.raftstore.RaftCommands;
import dev.flotilla.raftstore.RegionMembers;
import dev.flotilla.raftstore.wire.EntryCodec;
import dev.flotilla.raftstore.wire.RegionStates;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerStorageTest {
  private static final long OTHER = 4;
  private static final Region REGION =
      RaftCommands.REGION.toBuilder()
          .addPeers(Peer.newBuilder().setId(OTHER).setStoreId(2))
          .addPeers(Peer.newBuilder().setId(5).setStoreId(3).setRole(PeerRole.Learner))
          .build();
  private static final Payload DATA = Payload.of(new byte[100]);
  private static final int ENTRY_BYTES = Entry.normal(6, 10, DATA).encodedSize();

  /** Where the entries asked for are. */
  private enum Place {
    CACHE,
    DISK,
    BOTH
  }

  private SimEngine kv = SimEngine.kv();
  private SimEngine raft = SimEngine.raft();

  private Engines engines() {
    return new Engines(kv, raft);
  }

  private PeerStorage load() {
    return PeerStorage.load(engines(), REGION, StoredRaft.noSnapshots());
  }

  private StoredRaft follower() {
    return new StoredRaft(engines(), REGION, RaftCommands.PEER_ID);
  }

  private static Entry[] entries(long term, long low, long high) {
    return LongStream.rangeClosed(low, high)
        .mapToObj(index -> Entry.normal(term, index, DATA))
        .toArray(Entry[]::new);
  }

  private static List<Long> range(long low, long high) {
    return LongStream.range(low, high).boxed().toList();
  }

  /** A log 6 to 15 of term 6 that lies where {@code place} says. */
  private PeerStorage logOfTen(Place place) {
    StoredRaft before = follower();
    before.append(OTHER, 6, 5, 5, 5, entries(6, 6, place == Place.BOTH ? 10 : 15));
    if (place == Place.CACHE) {
      return before.storage();
    }
    StoredRaft after = follower();
    if (place == Place.BOTH) {
      after.append(OTHER, 6, 6, 10, 5, entries(6, 11, 15));
    }
    return after.storage();
  }

  private static List<Long> fetch(RaftStorage storage, long low, long high, long bytesMax) {
    EntryBuffer out = new EntryBuffer();
    assertThat(storage.entries(low, high, bytesMax, out)).isEqualTo(Fetch.OK);
    List<Long> indexes = new ArrayList<>();
    for (int i = 0; i < out.size(); i++) {
      assertThat(out.get(i)).isEqualTo(Entry.normal(6, out.get(i).index(), DATA));
      indexes.add(out.get(i).index());
    }
    return indexes;
  }

  @Test
  void newRegionBeginsAfterItsInitialEntry() {
    PeerStorage storage = load();
    assertThat(storage.firstIndex()).isEqualTo(6);
    assertThat(storage.lastIndex()).isEqualTo(5);
    assertThat(storage.appliedIndex()).isEqualTo(5);
    assertThat(storage.truncatedIndex()).isEqualTo(5);
    assertThat(storage.term(5)).isEqualTo(5);
    assertThat(storage.initialState().hardState())
        .isEqualTo(new dev.flotilla.raft.HardState(5, 0, 5));
    assertThat(storage.initialState().confState())
        .isEqualTo(ConfState.of(IdSet.of(RaftCommands.PEER_ID, OTHER), IdSet.of(5)));
    assertThat(storage.region()).isEqualTo(REGION);
  }

  @Test
  void logOfRegionBornBySplitIsMadeDurable() {
    load();
    assertThat(RegionStates.raftState(raft.crash(), RaftCommands.REGION_ID))
        .isEqualTo(RegionStates.initialRaftState());
  }

  @Test
  void regionWithoutPeersHasNoStorage() {
    assertThatThrownBy(
            () ->
                PeerStorage.load(
                    engines(), REGION.toBuilder().clearPeers().build(), StoredRaft.noSnapshots()))
        .isInstanceOf(AssertionError.class);
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void readsEntriesWhereverTheyAre(Place place) {
    PeerStorage storage = logOfTen(place);
    for (long low = 6; low <= 15; low++) {
      for (long high = low + 1; high <= 16; high++) {
        assertThat(fetch(storage, low, high, Long.MAX_VALUE))
            .containsExactlyElementsOf(range(low, high));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void stopsAtTheByteLimitButNotBeforeTheFirst(Place place) {
    PeerStorage storage = logOfTen(place);
    for (int count = 1; count <= 10; count++) {
      long bytes = (long) count * ENTRY_BYTES;
      assertThat(fetch(storage, 6, 16, bytes)).hasSize(count);
      assertThat(fetch(storage, 6, 16, bytes - 1)).hasSize(Math.max(1, count - 1));
      assertThat(fetch(storage, 6, 16, bytes + 1)).hasSize(count);
    }
    assertThat(fetch(storage, 6, 16, 0)).containsExactly(6L);
    assertThat(fetch(storage, 10, 12, 0)).containsExactly(10L);
    assertThat(fetch(storage, 15, 16, 0)).containsExactly(15L);
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void tellsWhatIsGoneFromWhatIsNotYetHere(Place place) {
    PeerStorage storage = logOfTen(place);
    storage.onApplied(applied(12, 6).setTruncatedState(truncated(9, 6)).build());
    storage.onCompacted(9);
    EntryBuffer out = new EntryBuffer();
    assertThat(storage.entries(9, 12, Long.MAX_VALUE, out)).isEqualTo(Fetch.COMPACTED);
    assertThat(storage.entries(6, 12, Long.MAX_VALUE, out)).isEqualTo(Fetch.COMPACTED);
    assertThat(storage.entries(14, 17, Long.MAX_VALUE, out)).isEqualTo(Fetch.UNAVAILABLE);
    assertThat(out.isEmpty()).isTrue();
    assertThat(fetch(storage, 10, 16, Long.MAX_VALUE)).containsExactlyElementsOf(range(10, 16));
    assertThat(storage.firstIndex()).isEqualTo(10);
    assertThat(storage.term(8)).isEqualTo(RaftStorage.TERM_COMPACTED);
    assertThat(storage.term(9)).isEqualTo(6);
    assertThat(storage.term(10)).isEqualTo(6);
    assertThat(storage.term(15)).isEqualTo(6);
    assertThat(storage.term(16)).isEqualTo(RaftStorage.TERM_UNAVAILABLE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void knowsTheTermOfEachEntry(boolean restarted) {
    StoredRaft follower = follower();
    follower.append(OTHER, 6, 5, 5, 5, entries(6, 6, 8));
    follower.append(OTHER, 8, 6, 8, 5, entries(8, 9, 10));
    follower.append(OTHER, 9, 8, 10, 5, entries(9, 11, 11));
    PeerStorage storage = restarted ? load() : follower.storage();
    assertThat(LongStream.rangeClosed(4, 12).map(storage::term).toArray())
        .containsExactly(
            RaftStorage.TERM_COMPACTED, 5, 6, 6, 6, 8, 8, 9, RaftStorage.TERM_UNAVAILABLE);
  }

  @Test
  void newLeadersEntriesReplaceTheTail() {
    StoredRaft follower = follower();
    follower.append(OTHER, 6, 5, 5, 5, entries(6, 6, 12));
    follower.append(OTHER, 7, 6, 7, 5, entries(7, 8, 9));
    assertThat(storedIndexes()).containsExactlyElementsOf(range(6, 10));
    assertThat(follower.storage().lastIndex()).isEqualTo(9);
    for (PeerStorage storage : List.of(follower.storage(), load())) {
      assertThat(storage.lastIndex()).isEqualTo(9);
      assertThat(LongStream.rangeClosed(6, 10).map(storage::term).toArray())
          .containsExactly(6, 6, 7, 7, RaftStorage.TERM_UNAVAILABLE);
    }
  }

  private List<Long> storedIndexes() {
    List<Long> indexes = new ArrayList<>();
    try (EngineIterator iterator =
        raft.iterator(Cf.DEFAULT, Keys.raftLogRange(RaftCommands.REGION_ID))) {
      for (boolean more = iterator.seekToFirst(); more; more = iterator.next()) {
        indexes.add(Keys.raftLogIndex(iterator.key()));
      }
    }
    return indexes;
  }

  @Test
  void commitIndexAloneIsNotWritten() {
    StoredRaft follower = follower();
    assertThat(follower.append(OTHER, 6, 5, 5, 5, entries(6, 6, 8))).isTrue();
    long unsynced = raft.unsynced();
    assertThat(follower.append(OTHER, 6, 6, 8, 8)).isFalse();
    assertThat(raft.unsynced()).isEqualTo((int) unsynced);
    assertThat(follower.storage().initialState().hardState().commit()).isEqualTo(8);
    assertThat(storedState().getHardState().getCommit()).isEqualTo(5);
    // It goes along with the next thing worth a write.
    follower.append(OTHER, 6, 6, 8, 8, entries(6, 9, 9));
    assertThat(storedState().getHardState().getCommit()).isEqualTo(8);
  }

  private RaftLocalState storedState() {
    return Objects.requireNonNull(RegionStates.raftState(raft, RaftCommands.REGION_ID));
  }

  @Test
  void termAloneIsWritten() {
    StoredRaft follower = follower();
    assertThat(follower.append(OTHER, 9, 5, 5, 5)).isTrue();
    assertThat(storedState().getHardState().getTerm()).isEqualTo(9);
  }

  @Test
  void appliedIndexNeverGoesBack() {
    PeerStorage storage = logOfTen(Place.CACHE);
    storage.onApplied(applied(12, 6).build());
    assertThatThrownBy(() -> storage.onApplied(applied(11, 6).build()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("applied index went back");
  }

  /** Puts a log as a crash may leave it: entries as given, whatever the states say. */
  private void putLog(long lastIndex, long commit, Entry... entries) {
    try (WriteBatch batch = raft.newBatch()) {
      RegionStates.putRaftState(
          batch,
          RaftCommands.REGION_ID,
          RaftLocalState.newBuilder()
              .setHardState(HardState.newBuilder().setTerm(6).setCommit(commit))
              .setLastIndex(lastIndex)
              .build());
      for (Entry entry : entries) {
        batch.put(
            Cf.DEFAULT,
            Keys.raftLogKey(RaftCommands.REGION_ID, entry.index()),
            EntryCodec.encode(entry));
      }
      raft.write(batch, true);
    }
  }

  private void putApplied(RaftApplyState.Builder state) {
    try (WriteBatch batch = kv.newBatch()) {
      batch.put(Cf.RAFT, Keys.applyStateKey(RaftCommands.REGION_ID), state.build().toByteArray());
      kv.write(batch, true);
    }
  }

  private static RaftApplyState.Builder applied(long index, long term) {
    return RaftApplyState.newBuilder()
        .setAppliedIndex(index)
        .setCommitIndex(index)
        .setCommitTerm(term)
        .setTruncatedState(truncated(5, 5));
  }

  private static RaftTruncatedState truncated(long index, long term) {
    return RaftTruncatedState.newBuilder().setIndex(index).setTerm(term).build();
  }

  @ParameterizedTest
  @CsvSource({"5, 5, 5", "5, 8, 8", "8, 8, 8", "9, 8, 9", "5, 10, 10"})
  void whatWasAppliedIsCommitted(long commit, long applied, long expected) {
    putLog(10, commit, entries(6, 6, 10));
    putApplied(applied(applied, applied == 5 ? 5 : 6));
    assertThat(load().initialState().hardState().commit()).isEqualTo(expected);
  }

  private void assertRefused(String why) {
    assertThatThrownBy(this::load)
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("region 2 is damaged")
        .hasMessageContaining(why);
  }

  @Test
  void refusesLogThatEndsBeforeWhatWasApplied() {
    putLog(8, 8, entries(6, 6, 8));
    putApplied(applied(9, 6));
    assertRefused("log ends at 8 but 9 was applied");
  }

  @ParameterizedTest
  @CsvSource({"8, true", "9, true", "10, false"})
  void logMustGoOnWhereApplyEnded(long first, boolean loads) {
    putLog(12, 8, entries(6, first, 12));
    putApplied(applied(8, 6).setTruncatedState(truncated(7, 6)));
    if (loads) {
      assertThatCode(this::load).doesNotThrowAnyException();
    } else {
      assertRefused("log begins at 10 but 8 was applied last");
    }
  }

  @Test
  void logMayBeGoneWhenAllOfItWasApplied() {
    putLog(8, 8);
    putApplied(applied(8, 6).setTruncatedState(truncated(8, 6)));
    PeerStorage storage = load();
    assertThat(storage.firstIndex()).isEqualTo(9);
    assertThat(storage.lastIndex()).isEqualTo(8);
    assertThat(storage.term(8)).isEqualTo(6);
  }

  @Test
  void refusesLogWithoutItsLastEntry() {
    putLog(10, 6, entries(6, 6, 9));
    putApplied(applied(6, 6));
    assertRefused("entry 10 is missing");
  }

  @Test
  void refusesCommittedEntryOfAnotherTerm() {
    putLog(10, 5, entries(6, 6, 10));
    putApplied(applied(8, 7));
    assertRefused("entry 8 was committed but is not in the log");
  }

  @Test
  void findsHoleWhenItIsRead() {
    Entry[] all = entries(6, 6, 12);
    putLog(12, 6, all[0], all[1], all[2], all[4], all[5], all[6]);
    putApplied(applied(6, 6));
    PeerStorage storage = load();
    assertThat(fetch(storage, 6, 9, Long.MAX_VALUE)).containsExactlyElementsOf(range(6, 9));
    for (long high = 10; high <= 13; high++) {
      long end = high;
      assertThatThrownBy(() -> fetch(storage, 6, end, Long.MAX_VALUE))
          .isInstanceOf(EngineException.class)
          .hasMessageContaining("entry 9 is missing");
    }
  }

  @Test
  void refusesStateThatCannotBeRead() {
    try (WriteBatch batch = kv.newBatch()) {
      batch.put(Cf.RAFT, Keys.applyStateKey(RaftCommands.REGION_ID), new byte[] {-1, -1});
      kv.write(batch, true);
    }
    assertThatThrownBy(this::load).isInstanceOf(EngineException.class);
  }

  @Test
  void survivesRestartAfterPowerLossOfTheData() {
    StoredRaft follower = follower();
    follower.append(OTHER, 6, 5, 5, 9, entries(6, 6, 10));
    // Applied up to 9, unsynced; the power loss takes it back.
    try (WriteBatch batch = kv.newBatch()) {
      batch.put(
          Cf.RAFT, Keys.applyStateKey(RaftCommands.REGION_ID), applied(9, 6).build().toByteArray());
      kv.write(batch, false);
    }
    kv = kv.crash();
    raft = raft.crash();
    PeerStorage storage = load();
    assertThat(storage.appliedIndex()).isEqualTo(5);
    assertThat(fetch(storage, 6, 11, Long.MAX_VALUE)).containsExactlyElementsOf(range(6, 11));
  }

  /**
   * An entry that came behind a snapshot may be known to be committed, and may not reach the disk
   * with it: the kv engine is written first.
   */
  @Test
  void whatIsKeptWithASnapshotCommitsNothingBehindIt() {
    StoredRaft follower = follower();
    RaftSnapshotData data = RaftSnapshotData.newBuilder().setRegion(REGION).build();
    follower
        .raft()
        .step(
            Message.builder(MsgType.SNAPSHOT)
                .from(OTHER)
                .to(RaftCommands.PEER_ID)
                .term(6)
                .snapshot(
                    new Snapshot(
                        new SnapshotMeta(20, 6, RegionMembers.confState(REGION)),
                        Payload.of(data.toByteArray())))
                .build());
    follower
        .raft()
        .step(
            Message.builder(MsgType.APPEND)
                .from(OTHER)
                .to(RaftCommands.PEER_ID)
                .term(6)
                .logTerm(6)
                .index(20)
                .commit(21)
                .entries(EntryList.of(entries(6, 21, 21)))
                .build());
    try (WriteBatch first = kv.newBatch();
        WriteBatch second = raft.newBatch()) {
      follower.storage().persist(follower.raft().ready(), first, second);
      kv.write(first, true);
    }
    try (WriteBatch recovered = raft.newBatch()) {
      RegionStates.putRaftState(
          recovered,
          REGION.getId(),
          Objects.requireNonNull(RegionStates.snapshotRaftState(kv, REGION.getId())));
      raft.write(recovered, true);
    }
    StoredRaft started = follower();
    assertThat(started.raft().lastIndex()).isEqualTo(20);
    assertThat(started.raft().committed()).isEqualTo(20);
  }
}
