package dev.flotilla.raftstore.peer;

import static dev.flotilla.raftstore.RaftCommands.delete;
import static dev.flotilla.raftstore.RaftCommands.deleteIfExpired;
import static dev.flotilla.raftstore.RaftCommands.deleteRange;
import static dev.flotilla.raftstore.RaftCommands.get;
import static dev.flotilla.raftstore.RaftCommands.guard;
import static dev.flotilla.raftstore.RaftCommands.put;
import static dev.flotilla.raftstore.RaftCommands.snap;
import static dev.flotilla.raftstore.RaftCommands.swap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.engine.Keys;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.raftstore.RaftCommands;
import dev.flotilla.raftstore.Refusal;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandKindTest {
  private static final String LONGEST_KEY = "k".repeat(Keys.USER_KEY_BYTES_MAX);
  private static final String TOO_LONG = LONGEST_KEY + "k";

  private static Arguments legal(String name, CommandKind kind, Request... requests) {
    return Arguments.of(Named.of(name, List.of(requests)), kind);
  }

  static Stream<Arguments> legal() {
    return Stream.of(
        legal("get", CommandKind.READ, get("k")),
        legal("snapshot", CommandKind.READ, snap()),
        legal("several reads", CommandKind.READ, get("k"), snap(), get("l")),
        legal("put", CommandKind.WRITE, put("k", "v")),
        legal("put, delete", CommandKind.WRITE, put("k", "v"), delete("l")),
        legal("range among others", CommandKind.WRITE, put("k", "v"), deleteRange("c", "d")),
        legal("range to the region's end", CommandKind.WRITE, deleteRange("c", "")),
        legal("swap alone", CommandKind.WRITE, swap("k", null, "v")),
        legal("guards alone", CommandKind.WRITE, guard("k", null), guard("l", "v")),
        legal("guards first", CommandKind.WRITE, guard("k", null), guard("l", "v"), put("k", "v")),
        legal("expired", CommandKind.WRITE, deleteIfExpired("k"), deleteIfExpired("l")),
        legal("longest key", CommandKind.WRITE, put(LONGEST_KEY, "v"), delete(LONGEST_KEY)));
  }

  @ParameterizedTest
  @MethodSource("legal")
  void knowsReadsFromWrites(List<Request> requests, CommandKind kind) {
    assertThat(kindOf(requests)).isEqualTo(kind);
  }

  private static CommandKind kindOf(List<Request> requests) {
    return CommandKind.of(RaftCommands.command(requests.toArray(Request[]::new)));
  }

  private static Arguments illegal(String why, Request... requests) {
    return Arguments.of(why, List.of(requests));
  }

  static Stream<Arguments> illegal() {
    String mixed = "read and write cannot be mixed";
    String longKey = "key is too long";
    String expired = "deletes of expired keys must be among themselves";
    return Stream.of(
        illegal("command without requests"),
        illegal(mixed, get("k"), put("k", "v")),
        illegal(mixed, put("k", "v"), snap()),
        illegal(mixed, guard("k", null), get("k")),
        illegal("guards must come first", put("k", "v"), guard("k", null)),
        illegal("guards must come first", guard("k", null), put("k", "v"), guard("l", null)),
        illegal("must be alone", swap("k", null, "v"), put("l", "v")),
        illegal("must be alone", put("l", "v"), swap("k", null, "v")),
        illegal("must be alone", swap("k", null, "v"), swap("l", null, "v")),
        illegal(expired, put("k", "v"), deleteIfExpired("k")),
        illegal(expired, deleteIfExpired("k"), put("k", "v")),
        illegal(expired, deleteIfExpired("c"), put("d", "v"), deleteIfExpired("d")),
        illegal(longKey, guard(TOO_LONG, null), put("k", "v")),
        illegal(expired, delete("k"), deleteIfExpired("l")),
        illegal(expired, guard("k", null), deleteIfExpired("l")),
        illegal(longKey, put(TOO_LONG, "v")),
        illegal(longKey, delete(TOO_LONG)),
        illegal(longKey, deleteRange(TOO_LONG, "")),
        illegal(longKey, deleteRange("c", TOO_LONG)),
        illegal(longKey, swap(TOO_LONG, null, "v")));
  }

  @ParameterizedTest
  @MethodSource("illegal")
  void refusesWhatApplyCouldNotCarryOut(String why, List<Request> requests) {
    assertThatThrownBy(() -> kindOf(requests))
        .isInstanceOf(Refusal.Invalid.class)
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @EnumSource(
      value = CmdType.class,
      names = {"Invalid", "Prewrite", "IngestSST", "ReadIndex"})
  void refusesUnknownRequest(CmdType type) {
    Request request = Request.newBuilder().setCmdType(type).build();
    assertThatThrownBy(() -> kindOf(List.of(request)))
        .isInstanceOf(Refusal.Invalid.class)
        .hasMessageContaining("invalid command type");
  }

  @ParameterizedTest
  @ValueSource(strings = {"raft", "none", "Default", " "})
  void refusesUnknownFamily(String cf) {
    Request.Builder put = put("k", "v").toBuilder();
    put.getPutBuilder().setCf(cf);
    Request.Builder delete = delete("k").toBuilder();
    delete.getDeleteBuilder().setCf(cf);
    Request.Builder range = deleteRange("c", "d").toBuilder();
    range.getDeleteRangeBuilder().setCf(cf);
    Request.Builder swap = swap("k", null, "v").toBuilder();
    swap.getCompareAndSwapBuilder().setCf(cf);
    for (Request.Builder request : List.of(put, delete, range, swap)) {
      assertThatThrownBy(() -> kindOf(List.of(request.build())))
          .isInstanceOf(Refusal.Invalid.class)
          .hasMessageContaining("unknown column family");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "default", "lock", "write"})
  void takesFamiliesOfUserData(String cf) {
    Request.Builder put = put("k", "v").toBuilder();
    put.getPutBuilder().setCf(cf);
    assertThat(kindOf(List.of(put.build()))).isEqualTo(CommandKind.WRITE);
  }

  @Test
  void compactionOfTheLogIsWritten() {
    assertThat(CommandKind.of(RaftCommands.compactLog(10, 6))).isEqualTo(CommandKind.WRITE);
  }

  @ParameterizedTest
  @CsvSource({
    "CompactLog, WRITE",
    "Split, WRITE",
    "BatchSplit, WRITE",
    "ComputeHash, WRITE",
    "VerifyHash, WRITE",
    "ChangePeer, CONF_CHANGE",
    "ChangePeerV2, CONF_CHANGE",
    "TransferLeader, TRANSFER_LEADER"
  })
  void adminCommandsGoTheirOwnWays(AdminCmdType type, CommandKind kind) {
    assertThat(CommandKind.of(RaftCommands.admin(type))).isEqualTo(kind);
  }

  @ParameterizedTest
  @EnumSource(
      value = AdminCmdType.class,
      names = {"InvalidAdmin", "PrepareMerge", "CommitMerge", "RollbackMerge"})
  void refusesAdminCommandItDoesNotKnow(AdminCmdType type) {
    RaftCmdRequest command = RaftCommands.admin(type);
    assertThatThrownBy(() -> CommandKind.of(command))
        .isInstanceOf(Refusal.Invalid.class)
        .hasMessageContaining("is not supported");
  }
}
