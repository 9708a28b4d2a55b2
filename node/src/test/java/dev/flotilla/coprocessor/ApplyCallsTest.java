package dev.flotilla.coprocessor;

import static dev.flotilla.coprocessor.Commands.REGION;
import static dev.flotilla.coprocessor.Commands.command;
import static dev.flotilla.coprocessor.Commands.hostOf;
import static dev.flotilla.coprocessor.Commands.put;
import static dev.flotilla.coprocessor.Commands.split;
import static dev.flotilla.coprocessor.Commands.statusOf;
import static dev.flotilla.coprocessor.Commands.swap;
import static dev.flotilla.coprocessor.Commands.swapped;
import static dev.flotilla.coprocessor.Commands.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.coprocessor.api.AdminObserver;
import dev.flotilla.coprocessor.api.AppliedAdmin;
import dev.flotilla.coprocessor.api.AppliedQuery;
import dev.flotilla.coprocessor.api.ApplyContext;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.ObserverContext;
import dev.flotilla.coprocessor.api.QueryObserver;
import dev.flotilla.coprocessor.api.ResponseEditor;
import dev.flotilla.coprocessor.api.RoleChange;
import dev.flotilla.coprocessor.api.RoleObserver;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.proto.raft_cmdpb.Response;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApplyCallsTest {

  private static final class Recorder implements QueryObserver, AdminObserver, RoleObserver {
    final List<String> seen = new ArrayList<>();

    @Override
    public void preApplyQuery(ApplyContext context, AppliedQuery query) {
      seen.add(
          "before %d/%d at %d: %s"
              .formatted(
                  context.index(), context.term(), context.proposedAtMillis(), query.key(0)));
    }

    @Override
    public void postApplyQuery(
        ObserverContext context, AppliedQuery query, ResponseEditor response) {
      seen.add("after %d, %d parts".formatted(query.index(), response.size()));
    }

    @Override
    public void preApplyAdmin(ApplyContext context, AppliedAdmin command) {
      seen.add("before " + command.kind() + " " + command.regionsAfter().size());
    }

    @Override
    public void postApplyAdmin(ObserverContext context, AppliedAdmin command) {
      seen.add("after " + command.kind() + " " + command.regionsAfter().get(1).id());
    }

    @Override
    public void onRoleChange(ObserverContext context, RoleChange change) {
      seen.add(change.role() + " of " + context.region().id() + " at " + context.term());
    }

    @Override
    public void onAppliedCurrentTerm(ObserverContext context) {
      throw new IllegalStateException("in a hook that only looks");
    }
  }

  private static final class Answering implements QueryObserver {
    private final String answer;
    private final boolean fail;

    Answering(String answer, boolean fail) {
      this.answer = answer;
      this.fail = fail;
    }

    @Override
    public void postApplyQuery(
        ObserverContext context, AppliedQuery query, ResponseEditor response) {
      response.setValue(0, response.value(0).concat(Bytes.utf8(answer)));
      if (fail) {
        throw new IllegalStateException("after the edit");
      }
    }
  }

  /** Throws what cannot even be told. */
  private static final class Speechless implements QueryObserver {
    @Override
    public void preApplyQuery(ApplyContext context, AppliedQuery query) {
      throw new IllegalStateException() {
        @Override
        public String getMessage() {
          throw new UnsupportedOperationException("no words");
        }
      };
    }
  }

  private static String answer(RaftCmdResponse response) {
    return response.getResponses(0).getCompareAndSwap().getPreviousValue().toStringUtf8();
  }

  @Test
  void observersSeeWritesAndRolesInOrder() {
    Recorder recorder = new Recorder();
    CoprocessorHost host = hostOf(recorder);
    RaftCmdRequest command = command(put("k", "v"));
    RaftCmdResponse response =
        RaftCmdResponse.newBuilder()
            .addResponses(Response.newBuilder().setCmdType(CmdType.Put))
            .build();

    assertThat(host.observesApply()).isTrue();
    host.onRoleChange(REGION, 6, true);
    host.preApply(REGION, 10, 6, 1234, command);
    assertThat(host.postApply(REGION, 10, 6, command, response, true)).isSameAs(response);
    host.onRoleChange(REGION, 7, false);

    assertThat(recorder.seen)
        .containsExactly(
            "LEADER of 2 at 6",
            "before 10/6 at 1234: 0x6b",
            "after 10, 1 parts",
            "FOLLOWER of 2 at 7");
  }

  @Test
  void observersSeeAdminCommandsAndWhatTheyLeft() {
    Recorder recorder = new Recorder();
    CoprocessorHost host = hostOf(recorder);
    RaftCmdRequest command = RaftCmdRequest.newBuilder().setAdminRequest(split("m")).build();
    RaftCmdResponse.Builder response = RaftCmdResponse.newBuilder();
    response.getAdminResponseBuilder().setCmdType(AdminCmdType.Split);
    response.getAdminResponseBuilder().getSplitBuilder().setLeft(REGION);
    response
        .getAdminResponseBuilder()
        .getSplitBuilder()
        .setRight(Region.newBuilder().setId(9).setStartKey(text("m")));

    host.preApply(REGION, 10, 6, 1234, command);
    host.postApply(REGION, 10, 6, command, response.build(), false);

    assertThat(recorder.seen).containsExactly("before SPLIT 0", "after SPLIT 9");
  }

  @Test
  void answersAreEditedInOrder() {
    CoprocessorHost host = hostOf(new Answering("1", false), new Answering("2", false));
    RaftCmdResponse response = swapped("old");

    RaftCmdResponse told =
        host.postApply(REGION, 10, 6, command(swap("k", "old", "new")), response, true);

    assertThat(answer(told)).isEqualTo("old12");
    assertThat(told.getResponses(0).getCompareAndSwap().getSucceed()).isTrue();
    assertThat(answer(response)).isEqualTo("old");
  }

  @Test
  void aFailureAfterApplyOnlyDropsItsEdits() {
    CoprocessorHost host = hostOf(new Answering("1", false), new Answering("half", true));

    RaftCmdResponse told =
        host.postApply(REGION, 10, 6, command(swap("k", "old", "new")), swapped("old"), true);

    assertThat(answer(told)).isEqualTo("old1");
    assertThat(statusOf(host, "p1").failures()).isEqualTo(1);
  }

  /** Replicas would stop one after the other, and again at the next start. */
  @Test
  void aFailureThatFailsWhenItIsToldStopsNothing() {
    CoprocessorHost host = hostOf(new Speechless());

    host.preApply(REGION, 10, 6, 1234, command(put("k", "v")));

    assertThat(statusOf(host, "p0").failures()).isEqualTo(1);
    assertThat(statusOf(host, "p0").reason()).startsWith("preApplyQuery: ");
  }

  @Test
  void whereNoClientWaitsNothingIsEdited() {
    CoprocessorHost host = hostOf(new Answering("1", false));
    RaftCmdResponse response = swapped("old");

    assertThat(host.postApply(REGION, 10, 6, command(swap("k", "old", "new")), response, false))
        .isSameAs(response);
    assertThat(statusOf(host, "p0").alterations()).isZero();
  }

  @Test
  void aPartWithoutAValueGetsNone() {
    CoprocessorHost host = hostOf(new Answering("1", false));
    RaftCmdResponse response =
        RaftCmdResponse.newBuilder()
            .addResponses(Response.newBuilder().setCmdType(CmdType.Put))
            .build();

    assertThat(host.postApply(REGION, 10, 6, command(put("k", "v")), response, true))
        .isSameAs(response);
    assertThat(statusOf(host, "p0").failures()).isEqualTo(1);
  }

  @Test
  void aFailureInARoleHookIsCounted() {
    CoprocessorHost host = hostOf(new Recorder());
    host.onAppliedCurrentTerm(REGION, 6);
    assertThat(statusOf(host, "p0").failures()).isEqualTo(1);
  }
}
