package dev.flotilla.raftstore.apply;

import static dev.flotilla.raftstore.RaftCommands.compactLog;
import static dev.flotilla.raftstore.RaftCommands.delete;
import static dev.flotilla.raftstore.RaftCommands.deleteIfExpired;
import static dev.flotilla.raftstore.RaftCommands.deleteRange;
import static dev.flotilla.raftstore.RaftCommands.empty;
import static dev.flotilla.raftstore.RaftCommands.entry;
import static dev.flotilla.raftstore.RaftCommands.guard;
import static dev.flotilla.raftstore.RaftCommands.put;
import static dev.flotilla.raftstore.RaftCommands.stamped;
import static dev.flotilla.raftstore.RaftCommands.swap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.EngineReader;
import dev.flotilla.engine.EngineSnapshot;
import dev.flotilla.engine.Keys;
import dev.flotilla.proto.metapb.RegionEpoch;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.proto.raft_serverpb.RaftApplyState;
import dev.flotilla.proto.raft_serverpb.RaftTruncatedState;
import dev.flotilla.raft.Entry;
import dev.flotilla.raft.Payload;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.RaftCommands;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.RecordingCallback;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.wire.RegionStates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Order, outcomes and answers of what is applied. */
class ApplyRunnerTest {
  private static final long T = 1_700_000_000_000L;

  private final ApplyRig rig = new ApplyRig();

  private static RaftCmdRequest command(Request... requests) {
    return stamped(T, requests);
  }

  private static RaftApplyState storedState(EngineReader engine) {
    byte[] stored = engine.get(Cf.RAFT, Keys.applyStateKey(RaftCommands.REGION_ID));
    return RegionStates.parse(
        Objects.requireNonNull(stored), RaftApplyState.parser(), "apply state");
  }

  private RaftApplyState storedState() {
    return storedState(rig.engine);
  }

  /** Entries that touch every rule that could tell two replicas apart. */
  private static List<Entry> history() {
    RaftCmdRequest stale = command(put("c", "stale"));
    RaftCmdRequest.Builder older = stale.toBuilder();
    older.getHeaderBuilder().setRegionEpoch(RegionEpoch.newBuilder().setConfVer(1).setVersion(9));
    return List.of(
        empty(6, 6),
        entry(6, 7, stamped(T, put("c", "1", 10), put("d", "1"))),
        entry(6, 8, stamped(T + 5_000, swap("c", "1", "2"))),
        entry(6, 9, older.build()),
        entry(6, 10, stamped(T - 9_000, put("e", "1", 3))),
        entry(6, 11, stamped(T + 6_000, deleteRange("b", "d"), put("z", "outside"))),
        entry(6, 12, stamped(T + 30_000, guard("e", null), put("f", "1", 5))),
        entry(6, 13, stamped(T + 31_000, deleteIfExpired("e"), deleteIfExpired("f"))),
        entry(6, 14, compactLog(9, 6)),
        entry(6, 15, stamped(T + 32_000, swap("c", null, "3"), put("g", "1"))),
        entry(6, 16, stamped(T + 33_000, delete("d"), deleteRange("d", "e"))));
  }

  @Test
  void replicasWriteTheSameBytesHoweverTheirEntriesAreGrouped() {
    rig.runner.run(List.of(ApplyRig.entries(history())));
    Map<String, ?> whole = rig.content();
    assertThat(whole).isNotEmpty();
    for (int size = 1; size <= history().size(); size++) {
      ApplyRig other = new ApplyRig();
      List<ApplyTask> tasks = new ArrayList<>();
      for (int from = 0; from < history().size(); from += size) {
        int to = Math.min(from + size, history().size());
        tasks.add(ApplyRig.entries(history().subList(from, to)));
      }
      if (size % 2 == 0) {
        other.runner.run(tasks);
      } else {
        tasks.forEach(task -> other.runner.run(List.of(task)));
      }
      assertThat(other.content()).as("groups of %s", size).isEqualTo(whole);
    }
  }

  @Test
  void replayAfterLosingTheTailEndsInTheSameBytes() {
    rig.runner.run(List.of(ApplyRig.entries(history())));
    for (int kept = 0; kept <= history().size(); kept++) {
      ApplyRig crashed = new ApplyRig();
      crashed.runner.run(List.of(ApplyRig.entries(history().subList(0, kept))));
      RaftApplyState state =
          kept == 0 ? RegionStates.initialApplyState() : crashed.lastResult().applyState();
      crashed.register(RaftCommands.REGION, state);
      crashed.runner.run(List.of(ApplyRig.entries(history().subList(kept, history().size()))));
      assertThat(crashed.content()).as("%s kept", kept).isEqualTo(rig.content());
    }
  }

  @Test
  void positionLiesBesideTheData() {
    rig.apply(command(put("c", "1")), command(put("d", "1")));
    assertThat(storedState())
        .isEqualTo(
            RegionStates.initialApplyState().toBuilder()
                .setAppliedIndex(7)
                .setCommitIndex(7)
                .setCommitTerm(6)
                .setLastProposedAt(T)
                .build());
    assertThat(rig.lastResult().applyState()).isEqualTo(storedState());
    assertThat(rig.lastResult().appliedTerm()).isEqualTo(6);
  }

  @Test
  void positionNeverLeadsOrLagsTheDataWhereverPowerFails() {
    rig.apply(
        command(put("c", "1")),
        command(swap("c", "1", "2")),
        command(swap("c", "2", "3")),
        command(put("c", "4")));
    for (int kept = 1; kept <= rig.engine.unsynced(); kept++) {
      ApplyRig other = new ApplyRig();
      other.apply(
          command(put("c", "1")),
          command(swap("c", "1", "2")),
          command(swap("c", "2", "3")),
          command(put("c", "4")));
      try (var after = other.engine.crashKeeping(kept)) {
        byte[] value = after.get(Cf.DEFAULT, Keys.dataKey(RaftCommands.text("c").toByteArray()));
        long applied = storedState(after).getAppliedIndex();
        assertThat(Objects.requireNonNull(value)[0])
            .as("%s batches kept", kept)
            .isEqualTo((byte) ('0' + applied - 5));
      }
    }
  }

  @Test
  void applyIsNotSynced() {
    rig.apply(command(put("c", "1")), compactLog(5, 5));
    assertThat(rig.engine.syncs()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 2, 9})
  void refusesCommandOfAnotherEpochAndGoesOn(long version) {
    RaftCmdRequest.Builder stale = command(put("c", "stale"), delete("d")).toBuilder();
    stale
        .getHeaderBuilder()
        .setRegionEpoch(RegionEpoch.newBuilder().setConfVer(1).setVersion(version));
    List<RecordingCallback> callbacks =
        rig.apply(command(put("d", "1")), stale.build(), command(put("e", "1")));
    assertThat(callbacks.get(1).refusal())
        .isInstanceOfSatisfying(
            Refusal.EpochNotMatch.class,
            refusal -> assertThat(refusal.regions).containsExactly(RaftCommands.REGION));
    assertThat(rig.keys()).containsExactly("d", "e");
    assertThat(rig.lastResult().applyState().getAppliedIndex()).isEqualTo(8);
  }

  @Test
  void failingCommandLeavesItsNeighboursAlone() {
    List<RecordingCallback> callbacks =
        rig.apply(
            command(put("c", "1")),
            command(put("c", "2"), delete("d"), put("a", "outside")),
            command(put("d", "3")),
            command(delete("c"), delete("z")),
            command(put("e", "4")));
    assertThat(rig.value("c")).isEqualTo("1");
    assertThat(rig.keys()).containsExactly("c", "d", "e");
    for (int failed : new int[] {1, 3}) {
      assertThat(callbacks.get(failed).refusal()).isInstanceOf(Refusal.KeyNotInRegion.class);
    }
    for (int carriedOut : new int[] {0, 2, 4}) {
      assertThat(callbacks.get(carriedOut).response().getResponsesCount()).isEqualTo(1);
    }
  }

  @Test
  void nobodyIsToldOfWhatWasNotWritten() {
    rig.engine.failWrite(1);
    List<ApplyRig.Pending> pending =
        List.of(rig.next(command(put("c", "1"))), rig.next(command(put("d", "1"))));
    rig.results.clear();
    assertThatThrownBy(() -> rig.apply(pending)).isInstanceOf(EngineException.class);
    assertThat(pending).extracting(p -> p.callback().isAnswered()).containsOnly(false);
    assertThat(rig.results).isEmpty();
  }

  @Test
  void whoWasToBeAnsweredAfterAFailedWriteLearnsThatNobodyKnows() {
    rig.engine.failWrite(1);
    List<ApplyRig.Pending> pending = List.of(rig.next(command(put("c", "1"))));
    assertThatThrownBy(() -> rig.apply(pending)).isInstanceOf(EngineException.class);
    rig.runner.close();
    assertThat(pending.get(0).callback().refusal()).isInstanceOf(Refusal.Undetermined.class);
  }

  @Test
  void aCommandThatWasUndoneCountsForNothing() {
    rig.apply(command(put("c", "1"), put("z", "outside")));
    assertThat(rig.lastResult().metrics().writtenKeys()).isZero();
    assertThat(rig.lastResult().metrics().sizeDiffHint()).isZero();
    rig.apply(command(put("c", "1")));
    assertThat(rig.lastResult().metrics().writtenKeys()).isEqualTo(1);
  }

  @Test
  void onlyThoseWrittenBeforeTheFaultAreAnswered() {
    // The swap writes what is before it.
    rig.engine.failWrite(2);
    List<ApplyRig.Pending> pending =
        List.of(rig.next(command(put("c", "1"))), rig.next(command(swap("c", "1", "2"))));
    assertThatThrownBy(() -> rig.apply(pending)).isInstanceOf(EngineException.class);
    assertThat(pending.get(0).callback().response().getResponsesCount()).isEqualTo(1);
    assertThat(pending.get(1).callback().isAnswered()).isFalse();
    assertThat(rig.results).isEmpty();
  }

  /** Also by who goes on after it for a while. */
  @Test
  void aFaultAmongTheAnswersLeavesEachWithOne() {
    RecordingCallback first = new RecordingCallback();
    RecordingCallback last = new RecordingCallback();
    List<String> answers = new ArrayList<>();
    Callback fails =
        new Callback() {
          @Override
          public void done(RaftCmdResponse response) {
            answers.add("done");
            throw new IllegalStateException("cannot take it");
          }

          @Override
          public void readable(ReadGrant grant) {
            throw new AssertionError("not a read");
          }

          @Override
          public void refused(Refusal refusal) {
            answers.add("refused");
          }
        };
    List<ApplyTask> tasks =
        List.of(
            ApplyRig.proposals(
                List.of(
                    new Proposal(6, 6, first),
                    new Proposal(7, 6, fails),
                    new Proposal(8, 6, last))),
            ApplyRig.entries(
                List.of(
                    entry(6, 6, command(put("c", "1"))),
                    entry(6, 7, command(put("c", "2"))),
                    entry(6, 8, command(put("c", "3"))))));
    assertThatThrownBy(() -> rig.runner.run(tasks)).hasMessage("cannot take it");
    rig.runner.close();
    assertThat(first.response().getResponsesCount()).isEqualTo(1);
    assertThat(answers).containsExactly("done");
    assertThat(last.refusal()).isInstanceOf(Refusal.Undetermined.class);
  }

  @Test
  void whoIsAnsweredFindsTheWriteInTheEngine() {
    List<String> seen = new ArrayList<>();
    Callback looks =
        new Callback() {
          @Override
          public void done(RaftCmdResponse response) {
            seen.add(String.valueOf(rig.value("c")));
          }

          @Override
          public void readable(ReadGrant grant) {
            throw new AssertionError("not a read");
          }

          @Override
          public void refused(Refusal refusal) {
            throw refusal;
          }
        };
    rig.runner.run(
        List.of(
            ApplyRig.proposals(List.of(new Proposal(6, 6, looks))),
            ApplyRig.entries(List.of(entry(6, 6, command(put("c", "1")))))));
    assertThat(seen).containsExactly("1");
  }

  @Test
  void answersInTheOrderOfTheLogOverManyWrites() {
    RaftCmdRequest[] commands =
        IntStream.range(0, 1000)
            .mapToObj(i -> command(put("k" + i, "v" + i)))
            .toArray(RaftCmdRequest[]::new);
    List<RecordingCallback> callbacks = rig.apply(commands);
    assertThat(callbacks).allMatch(RecordingCallback::isAnswered);
    assertThat(rig.keys()).hasSize(1000);
    assertThat(rig.engine.unsynced()).as("bounded batches").isBetween(4, 10);
    assertThat(rig.results).hasSize(1);
  }

  @Test
  void entriesProposedElsewhereHaveNobodyToAnswer() {
    rig.runner.run(List.of(ApplyRig.entries(List.of(entry(6, 6, command(put("c", "1")))))));
    assertThat(rig.value("c")).isEqualTo("1");
  }

  @Test
  void commandsOvertakenByAnotherLeadersEntriesAreStale() {
    RecordingCallback kept = new RecordingCallback();
    RecordingCallback replaced = new RecordingCallback();
    RecordingCallback alsoReplaced = new RecordingCallback();
    RecordingCallback later = new RecordingCallback();
    rig.runner.run(
        List.of(
            ApplyRig.proposals(
                List.of(
                    new Proposal(6, 6, kept),
                    new Proposal(7, 6, replaced),
                    new Proposal(8, 6, alsoReplaced),
                    new Proposal(9, 8, later))),
            ApplyRig.entries(
                List.of(
                    entry(6, 6, command(put("c", "1"))), entry(7, 7, command(put("d", "1")))))));
    assertThat(kept.response().getResponsesCount()).isEqualTo(1);
    assertThat(List.of(replaced, alsoReplaced))
        .extracting(RecordingCallback::refusal)
        .hasOnlyElementsOfType(Refusal.StaleCommand.class);
    assertThat(later.isAnswered()).isFalse();
    rig.runner.run(
        List.of(ApplyRig.entries(List.of(empty(8, 8), entry(8, 9, command(put("e", "1")))))));
    assertThat(later.response().getResponsesCount()).isEqualTo(1);
  }

  @Test
  void newLeadersFirstEntrySettlesWhatOlderTermsHadNotLogged() {
    RecordingCallback lost = new RecordingCallback();
    RecordingCallback ofTheNewTerm = new RecordingCallback();
    rig.runner.run(
        List.of(
            ApplyRig.proposals(List.of(new Proposal(9, 6, lost), new Proposal(8, 7, ofTheNewTerm))),
            ApplyRig.entries(List.of(empty(7, 6)))));
    assertThat(lost.refusal()).isInstanceOf(Refusal.StaleCommand.class);
    assertThat(ofTheNewTerm.isAnswered()).isFalse();
  }

  static Stream<List<Proposal>> disorders() {
    return Stream.of(
        List.of(new Proposal(7, 6, Callback.IGNORE), new Proposal(7, 6, Callback.IGNORE)),
        List.of(new Proposal(7, 6, Callback.IGNORE), new Proposal(6, 6, Callback.IGNORE)),
        List.of(new Proposal(7, 6, Callback.IGNORE), new Proposal(7, 5, Callback.IGNORE)));
  }

  @ParameterizedTest
  @MethodSource("disorders")
  void proposalsMustComeInOrder(List<Proposal> disorder) {
    assertThatThrownBy(() -> rig.runner.run(List.of(ApplyRig.proposals(disorder))))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("out of order");
  }

  @ParameterizedTest
  @CsvSource({"7, 6", "5, 6", "4, 6", "106, 6"})
  void entriesMustComeInOrder(long index, long term) {
    Entry out = entry(term, index, command(put("c", "1")));
    assertThatThrownBy(() -> rig.runner.run(List.of(ApplyRig.entries(List.of(out)))))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("entry out of order");
  }

  @Test
  void termsNeverGoBack() {
    assertThatThrownBy(
            () -> rig.runner.run(List.of(ApplyRig.entries(List.of(empty(7, 6), empty(6, 7))))))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("term went back");
  }

  @Test
  void entryThatIsNoCommandStopsTheStore() {
    Entry junk = Entry.normal(6, 6, Payload.ofUtf8("no command"));
    assertThatThrownBy(() -> rig.runner.run(List.of(ApplyRig.entries(List.of(junk)))))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void newsOfWritesMayWaitUnlessTheyAreAwaited() {
    rig.applyOne(command(put("a", "1")));
    assertThat(rig.lastResult().mayWait()).isTrue();
    rig.runner.run(List.of(new ApplyTask.Report(RaftCommands.REGION_ID)));
    ApplyResult asked = rig.results.get(rig.results.size() - 1);
    assertThat(asked)
        .as("no position, which a snapshot may have passed by now")
        .isEqualTo(new ApplyResult.CaughtUp(RaftCommands.REGION_ID));
    assertThat(asked.mayWait()).as("asked for afterwards").isFalse();
    Entry entry = rig.next(command(put("a", "2"))).entry();
    rig.runner.run(
        List.of(
            new ApplyTask.Entries(
                RaftCommands.REGION_ID, ApplyRig.TERM, List.of(entry), true, false)));
    assertThat(rig.lastResult().mayWait()).as("asked for with the entries").isFalse();
    rig.applyOne(command(put("a", "3")));
    assertThat(rig.lastResult().mayWait()).as("asked for once").isTrue();
  }

  @Test
  void reportOfReplicaThatIsGoneIsLeftAlone() {
    rig.runner.run(List.of(new ApplyTask.Report(99)));
    assertThat(rig.results).isEmpty();
  }

  @Test
  void entriesOfReplicaThatIsGoneAreLeftAlone() {
    rig.runner.run(List.of(new ApplyTask.Entries(99, 6, List.of(empty(6, 6)), false, false)));
    assertThat(rig.results).isEmpty();
  }

  /** A leader may have sent them before it learned that it was removed: seed 3003374. */
  @Test
  void fateOfProposalsOfARegionThatIsGoneIsUnknown() {
    RecordingCallback callback = new RecordingCallback();
    rig.runner.run(List.of(new ApplyTask.Proposals(99, 3, List.of(new Proposal(6, 6, callback)))));
    assertThat(callback.refusal()).isInstanceOf(Refusal.Undetermined.class);
  }

  @Test
  void proposalsOfAnotherPeerStopTheStore() {
    ApplyTask others = new ApplyTask.Proposals(RaftCommands.REGION_ID, 99, List.of());
    assertThatThrownBy(() -> rig.runner.run(List.of(others)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("another peer");
  }

  @Test
  void fateOfWhatTheReplacedReplicaTookIsUnknown() {
    RecordingCallback callback = new RecordingCallback();
    rig.runner.run(List.of(ApplyRig.proposals(List.of(new Proposal(6, 6, callback)))));
    rig.register(RaftCommands.REGION, RegionStates.initialApplyState());
    assertThat(callback.refusal()).isInstanceOf(Refusal.Undetermined.class);
    // The new one has its own.
    assertThat(rig.applyOne(command(put("c", "1"))).response().getResponsesCount()).isEqualTo(1);
  }

  @Test
  void fateOfWhatTheDestroyedReplicaTookIsUnknown() {
    RecordingCallback callback = new RecordingCallback();
    RecordingCallback late = new RecordingCallback();
    rig.runner.run(
        List.of(
            ApplyRig.proposals(List.of(new Proposal(7, 6, callback))),
            ApplyRig.entries(List.of(entry(6, 6, command(put("c", "1"))))),
            new ApplyTask.Destroy(RaftCommands.REGION_ID),
            ApplyRig.proposals(List.of(new Proposal(8, 6, late)))));
    assertThat(callback.refusal()).isInstanceOf(Refusal.Undetermined.class);
    assertThat(late.refusal()).isInstanceOf(Refusal.Undetermined.class);
    assertThat(rig.results).hasSize(2);
    assertThat(rig.results.get(0)).isInstanceOf(ApplyResult.Applied.class);
    assertThat(rig.results.get(1))
        .isEqualTo(new ApplyResult.Destroyed(RaftCommands.REGION_ID, RaftCommands.PEER_ID));
  }

  @Test
  void destroyingTwiceTellsOnce() {
    ApplyTask destroy = new ApplyTask.Destroy(RaftCommands.REGION_ID);
    rig.runner.run(List.of(destroy, destroy));
    rig.runner.run(List.of(destroy));
    assertThat(rig.results).hasSize(1);
  }

  @Test
  void stoppingAnswersWhoStillWaits() {
    RecordingCallback callback = new RecordingCallback();
    rig.runner.run(List.of(ApplyRig.proposals(List.of(new Proposal(6, 6, callback)))));
    rig.runner.close();
    assertThat(callback.refusal()).isInstanceOf(Refusal.Undetermined.class);
  }

  @ParameterizedTest
  @CsvSource({
    "moves forward, 8, 6, 8, 6",
    "to the applied index, 9, 6, 9, 6",
    "is that short already, 7, 6, 7, 6",
    "would go back, 6, 6, 7, 6"
  })
  void compactionMovesTheTruncatedPositionForwardOnly(
      String name, long index, long term, long truncated, long truncatedTerm) {
    rig.apply(command(put("c", "1")), command(put("d", "1")), compactLog(7, 6));
    rig.results.clear();
    RecordingCallback callback = rig.applyOne(compactLog(index, term));
    assertThat(callback.response().getAdminResponse().getCmdType())
        .as(name)
        .isEqualTo(AdminCmdType.CompactLog);
    RaftTruncatedState expected =
        RaftTruncatedState.newBuilder().setIndex(truncated).setTerm(truncatedTerm).build();
    assertThat(storedState().getTruncatedState()).isEqualTo(expected);
    if (index > 7) {
      assertThat(rig.lastResult().results()).containsExactly(new ExecResult.CompactLog(expected));
    } else {
      assertThat(rig.lastResult().results()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"8, 6", "9, 6", "7, 0"})
  void refusesCompactionOfWhatIsNotAppliedOrHasNoTerm(long index, long term) {
    rig.apply(command(put("c", "1")));
    RecordingCallback callback = rig.applyOne(compactLog(index, term));
    assertThat(callback.refusal()).isInstanceOf(Refusal.Invalid.class);
    assertThat(storedState().getTruncatedState().getIndex()).isEqualTo(5);
    assertThat(rig.lastResult().results()).isEmpty();
    assertThat(rig.lastResult().applyState().getAppliedIndex()).isEqualTo(7);
  }

  @Test
  void tellsOutcomesInTheOrderOfTheLogAndOnce() {
    rig.apply(command(put("c", "1")), compactLog(5, 5), compactLog(6, 6), compactLog(7, 6));
    assertThat(rig.lastResult().results())
        .extracting(result -> ((ExecResult.CompactLog) result).truncated().getIndex())
        .containsExactly(6L, 7L);
    rig.apply(command(put("d", "1")));
    assertThat(rig.lastResult().results()).isEmpty();
    assertThat(rig.lastResult().metrics().writtenKeys()).isEqualTo(1);
  }

  /** Nobody else would close it, and the database could not be closed. */
  @Test
  void closesTheSnapshotThatNobodyTakes() {
    rig.apply(RaftCommands.admin(AdminCmdType.ComputeHash));
    EngineSnapshot taken = hashed();
    assertThat(taken.get(Cf.DEFAULT, new byte[1])).isNull();
    taken.close();
    rig.storeEnded = true;
    rig.apply(RaftCommands.admin(AdminCmdType.ComputeHash));
    assertThatThrownBy(() -> hashed().get(Cf.DEFAULT, new byte[1]))
        .isInstanceOf(IllegalStateException.class);
  }

  private EngineSnapshot hashed() {
    return ((ExecResult.ComputeHash) rig.lastResult().results().get(0)).snapshot();
  }

  @Test
  void refusesAdminCommandItDoesNotKnow() {
    RaftCmdRequest hash = RaftCommands.admin(AdminCmdType.PrepareMerge);
    assertThat(rig.applyOne(hash).refusal()).isInstanceOf(Refusal.Invalid.class);
  }
}
