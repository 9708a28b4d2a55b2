package dev.flotilla.raftstore.apply;

import static dev.flotilla.raftstore.RaftCommands.command;
import static dev.flotilla.raftstore.RaftCommands.delete;
import static dev.flotilla.raftstore.RaftCommands.deleteIfExpired;
import static dev.flotilla.raftstore.RaftCommands.deleteRange;
import static dev.flotilla.raftstore.RaftCommands.get;
import static dev.flotilla.raftstore.RaftCommands.guard;
import static dev.flotilla.raftstore.RaftCommands.put;
import static dev.flotilla.raftstore.RaftCommands.stamped;
import static dev.flotilla.raftstore.RaftCommands.swap;
import static dev.flotilla.raftstore.RaftCommands.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.ValueCodec;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.CompareAndSwapResponse;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.proto.raft_cmdpb.Response;
import dev.flotilla.raftstore.RaftCommands;
import dev.flotilla.raftstore.RecordingCallback;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.wire.RegionStates;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each request writes and answers. */
class WriteExecutorTest {
  private static final long T = 1_700_000_000_000L;

  private final ApplyRig rig = new ApplyRig();

  private static CompareAndSwapResponse outcome(RecordingCallback callback) {
    return callback.response().getResponses(0).getCompareAndSwap();
  }

  @Test
  void putsAndDeletes() {
    rig.apply(command(put("c", "1"), put("d", "2"), put("c", "3")), command(delete("d")));
    assertThat(rig.keys()).containsExactly("c");
    assertThat(rig.value("c")).isEqualTo("3");
  }

  @Test
  void answersEachRequestByItsKind() {
    RecordingCallback callback =
        rig.applyOne(command(guard("c", null), put("c", "1"), delete("d"), deleteRange("e", "f")));
    assertThat(callback.response().getResponsesList())
        .extracting(Response::getCmdType)
        .containsExactly(CmdType.Guard, CmdType.Put, CmdType.Delete, CmdType.DeleteRange);
    assertThat(callback.response().getHeader().getCurrentTerm()).isEqualTo(ApplyRig.TERM);
  }

  @Test
  void writesTheFamilyThatIsNamed() {
    Request.Builder locked = put("c", "1").toBuilder();
    locked.getPutBuilder().setCf("lock");
    rig.applyOne(command(locked.build()));
    byte[] key = Keys.dataKey(text("c").toByteArray());
    assertThat(rig.engine.get(Cf.LOCK, key)).isNotNull();
    assertThat(rig.engine.get(Cf.DEFAULT, key)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"raft", "none"})
  void refusesFamilyThatHoldsNoUserData(String cf) {
    Request.Builder other = put("c", "1").toBuilder();
    other.getPutBuilder().setCf(cf);
    assertThat(rig.applyOne(command(other.build())).refusal()).isInstanceOf(Refusal.Invalid.class);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1700000001000", "60, 1700000060000", "-1, 9223372036854775807"})
  void expiryCountsFromTheStamp(long ttlSeconds, long expiryMillis) {
    rig.applyOne(stamped(T, put("c", "1", ttlSeconds)));
    byte[] stored = Objects.requireNonNull(rig.stored("c"));
    assertThat(ValueCodec.expiryMillis(stored)).isEqualTo(expiryMillis);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-, -, true",
        "-, old, false",
        "old, old, true",
        "old, other, false",
        "old, -, false",
        "'', '', true",
        "'', -, false",
        "-, '', false"
      })
  void swapsOnlyWhatIsAsExpected(
      @Nullable String present, @Nullable String expected, boolean swapped) {
    if (present != null) {
      rig.applyOne(command(put("c", present)));
    }
    CompareAndSwapResponse outcome = outcome(rig.applyOne(command(swap("c", expected, "new"))));
    assertThat(outcome.getSucceed()).isEqualTo(swapped);
    assertThat(outcome.getPreviousNotExist()).isEqualTo(present == null);
    assertThat(outcome.getPreviousValue()).isEqualTo(text(present == null ? "" : present));
    assertThat(rig.value("c")).isEqualTo(swapped ? "new" : present);
  }

  @Test
  void swapSeesEarlierCommandsOfItsBatch() {
    List<RecordingCallback> callbacks =
        rig.apply(
            command(put("c", "1")),
            command(swap("c", "1", "2")),
            command(swap("c", "1", "3")),
            command(delete("c")),
            command(swap("c", null, "4")));
    assertThat(outcome(callbacks.get(1)).getSucceed()).isTrue();
    assertThat(outcome(callbacks.get(2)).getSucceed()).isFalse();
    assertThat(outcome(callbacks.get(2)).getPreviousValue()).isEqualTo(text("2"));
    assertThat(outcome(callbacks.get(4)).getSucceed()).isTrue();
    assertThat(rig.value("c")).isEqualTo("4");
  }

  @ParameterizedTest
  @CsvSource({"9999, false", "10000, true", "10001, true"})
  void expiredValueIsAbsentForSwapAndGuard(long laterMillis, boolean absent) {
    rig.applyOne(stamped(T, put("c", "1", 10), put("d", "1", 10)));
    List<RecordingCallback> callbacks =
        rig.apply(
            stamped(T + laterMillis, swap("c", null, "2")),
            stamped(T + laterMillis, guard("d", null), put("e", "1")),
            stamped(T + laterMillis, guard("d", "1"), put("f", "1")));
    assertThat(outcome(callbacks.get(0)).getSucceed()).isEqualTo(absent);
    assertThat(outcome(callbacks.get(0)).getPreviousNotExist()).isEqualTo(absent);
    assertThat(rig.value("e") != null).isEqualTo(absent);
    assertThat(rig.value("f") != null).isEqualTo(!absent);
  }

  @ParameterizedTest
  @CsvSource({"9999, false", "10000, true"})
  void sweepDeletesOnlyWhatIsExpiredByTheStamp(long laterMillis, boolean deleted) {
    rig.applyOne(stamped(T, put("c", "1", 10), put("d", "1")));
    rig.applyOne(
        stamped(T + laterMillis, deleteIfExpired("c"), deleteIfExpired("d"), deleteIfExpired("e")));
    assertThat(rig.keys()).containsExactlyElementsOf(deleted ? List.of("d") : List.of("c", "d"));
  }

  @Test
  void sweepSeesThatTheValueWasRenewedInItsBatch() {
    rig.applyOne(stamped(T, put("c", "1", 10)));
    rig.apply(stamped(T + 20_000, put("c", "2", 10)), stamped(T + 20_000, deleteIfExpired("c")));
    assertThat(rig.value("c")).isEqualTo("2");
  }

  @Test
  void stampsNeverGoBack() {
    rig.applyOne(stamped(T, put("c", "1")));
    rig.applyOne(stamped(T - 60_000, put("d", "1", 1)));
    assertThat(ValueCodec.expiryMillis(Objects.requireNonNull(rig.stored("d"))))
        .isEqualTo(T + 1000);
    assertThat(rig.lastResult().applyState().getLastProposedAt()).isEqualTo(T);
  }

  @Test
  void guardThatFailsUndoesItsCommand() {
    List<RecordingCallback> callbacks =
        rig.apply(
            command(put("c", "1")),
            command(guard("c", "2"), put("c", "3"), put("d", "3")),
            command(guard("c", "1"), put("e", "3")));
    assertThat(callbacks.get(1).refusal()).isInstanceOf(Refusal.GuardFailed.class);
    assertThat(rig.value("c")).isEqualTo("1");
    assertThat(rig.keys()).containsExactly("c", "e");
  }

  @Test
  void deletesRangeWithoutItsEnd() {
    rig.apply(
        command(put("b", "1"), put("c", "1"), put("d", "1"), put("e", "1")),
        command(deleteRange("c", "e")));
    assertThat(rig.keys()).containsExactly("b", "e");
  }

  @ParameterizedTest
  @ValueSource(strings = {"y", ""})
  void deletesRangeToTheRegionsEnd(String end) {
    rig.apply(command(put("c", "1"), put("x", "1")), command(deleteRange("d", end)));
    assertThat(rig.keys()).containsExactly("c");
  }

  @Test
  void deletesRangeWithoutAnyEnd() {
    Region last = RaftCommands.REGION.toBuilder().clearEndKey().build();
    rig.register(last, RegionStates.initialApplyState());
    rig.apply(command(put("c", "1"), put("zz", "1")), command(deleteRange("c", "")));
    assertThat(rig.keys()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"d, d", "d, c", "z, c"})
  void refusesRangeThatEndsBeforeItStarts(String start, String end) {
    assertThat(rig.applyOne(command(deleteRange(start, end))).refusal())
        .isInstanceOf(Refusal.Invalid.class);
  }

  @ParameterizedTest
  @CsvSource({"a, c", "c, y0", "c, z"})
  void refusesRangeThatLeavesTheRegion(String start, String end) {
    rig.applyOne(command(put("c", "1")));
    assertThat(rig.applyOne(command(deleteRange(start, end))).refusal())
        .isInstanceOf(Refusal.KeyNotInRegion.class);
    assertThat(rig.keys()).containsExactly("c");
  }

  @Test
  void rangeIsUndoneWithItsCommand() {
    List<RecordingCallback> callbacks =
        rig.apply(
            command(put("c", "1"), put("d", "1")),
            command(deleteRange("b", "y"), put("e", "1"), put("z", "outside")),
            command(put("f", "1")));
    assertThat(callbacks.get(1).refusal()).isInstanceOf(Refusal.KeyNotInRegion.class);
    assertThat(rig.keys()).containsExactly("c", "d", "f");
  }

  @Test
  void rangeDeletesWhatItsOwnCommandPutBefore() {
    rig.applyOne(command(put("c", "1"), deleteRange("b", "d"), put("c", "2")));
    assertThat(rig.value("c")).isEqualTo("2");
    rig.applyOne(command(put("d", "1"), deleteRange("c", "y")));
    assertThat(rig.keys()).isEmpty();
  }

  @Test
  void refusesWhatCannotBeApplied() {
    assertThat(rig.applyOne(command(get("c"))).refusal())
        .isInstanceOf(Refusal.Invalid.class)
        .hasMessageContaining("Get");
  }

  @Test
  void countsWhatItWrote() {
    rig.apply(command(put("c", "12"), put("d", "34")), command(delete("c")));
    ApplyMetrics metrics = rig.lastResult().metrics();
    long pair = 1 + 1 + 2 + ValueCodec.OVERHEAD_BYTES;
    assertThat(metrics.writtenKeys()).isEqualTo(3);
    assertThat(metrics.writtenBytes()).isEqualTo(2 * pair + 2);
    assertThat(metrics.sizeDiffHint()).isEqualTo(2 * pair - 2);
    assertThat(metrics.deletedKeys()).isEqualTo(1);
  }
}
