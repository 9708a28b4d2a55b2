package dev.flotilla.raftstore.peer;

import static dev.flotilla.raftstore.RaftCommands.REGION;
import static dev.flotilla.raftstore.RaftCommands.delete;
import static dev.flotilla.raftstore.RaftCommands.deleteRange;
import static dev.flotilla.raftstore.RaftCommands.get;
import static dev.flotilla.raftstore.RaftCommands.guard;
import static dev.flotilla.raftstore.RaftCommands.put;
import static dev.flotilla.raftstore.RaftCommands.snap;
import static dev.flotilla.raftstore.RaftCommands.swap;
import static dev.flotilla.raftstore.RaftCommands.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raftstore.RaftCommands;
import dev.flotilla.raftstore.Refusal;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandKeysTest {
  private static void check(Request... requests) {
    CommandKeys.check(RaftCommands.command(requests), REGION);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "y", "z", ""})
  void everyKindOfWriteStaysInside(String outside) {
    for (Request request :
        List.of(
            put(outside, "v"),
            delete(outside),
            swap(outside, null, "v"),
            guard(outside, null),
            deleteRange(outside, "m"))) {
      assertThatThrownBy(() -> check(put("k", "v"), request))
          .isInstanceOfSatisfying(
              Refusal.KeyNotInRegion.class,
              refusal -> assertThat(refusal.key).isEqualTo(text(outside)));
    }
  }

  @Test
  void namesTheFirstKeyOutside() {
    assertThatThrownBy(() -> check(put("c", "v"), delete("z"), put("a", "v")))
        .isInstanceOfSatisfying(
            Refusal.KeyNotInRegion.class, refusal -> assertThat(refusal.key).isEqualTo(text("z")));
  }

  static Stream<Arguments> ranges() {
    return Stream.of(
        Arguments.of("b", "y", null),
        Arguments.of("b", "c", null),
        Arguments.of("b", "", null),
        Arguments.of("a", "c", "a"),
        Arguments.of("b", "y0", "y0"),
        Arguments.of("b", "z", "z"),
        Arguments.of("y", "", "y"));
  }

  @ParameterizedTest
  @MethodSource("ranges")
  void rangeMayReachTheRegionsEnd(String start, String end, @Nullable String outside) {
    if (outside == null) {
      assertThatCode(() -> check(deleteRange(start, end))).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> check(deleteRange(start, end)))
          .isInstanceOfSatisfying(
              Refusal.KeyNotInRegion.class,
              refusal -> assertThat(refusal.key).isEqualTo(text(outside)));
    }
  }

  @Test
  void readsAreCheckedWhenTheyAreServed() {
    assertThatCode(() -> check(snap(), get("z"))).doesNotThrowAnyException();
    assertThatCode(() -> CommandKeys.check(RaftCommands.compactLog(10, 6), REGION))
        .doesNotThrowAnyException();
  }
}
