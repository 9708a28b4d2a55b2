package dev.flotilla.coprocessor;

import static dev.flotilla.coprocessor.Commands.REGION;
import static dev.flotilla.coprocessor.Commands.command;
import static dev.flotilla.coprocessor.Commands.hostOf;
import static dev.flotilla.coprocessor.Commands.put;
import static dev.flotilla.coprocessor.Commands.split;
import static dev.flotilla.coprocessor.Commands.swap;
import static dev.flotilla.coprocessor.Commands.swapped;
import static dev.flotilla.coprocessor.Commands.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.coprocessor.api.AdminCommand;
import dev.flotilla.coprocessor.api.AdminObserver;
import dev.flotilla.coprocessor.api.AppliedQuery;
import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.ObserverContext;
import dev.flotilla.coprocessor.api.ProposeContext;
import dev.flotilla.coprocessor.api.QueryBatch;
import dev.flotilla.coprocessor.api.QueryObserver;
import dev.flotilla.coprocessor.api.QueryView;
import dev.flotilla.coprocessor.api.ReadObserver;
import dev.flotilla.coprocessor.api.ReadResult;
import dev.flotilla.coprocessor.api.ResponseEditor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a plugin keeps of a call edits nothing. */
class CallSpanTest {
  private static final String REASON = "valid only during the call that brought it";

  private final List<Runnable> edits = new ArrayList<>();

  private final class Keeps implements QueryObserver, ReadObserver, AdminObserver {
    @Override
    public void preProposeQuery(ProposeContext context, QueryBatch batch) {
      edits.add(() -> batch.setValue(0, Bytes.utf8("late")));
      edits.add(context::bypass);
    }

    @Override
    public void postApplyQuery(
        ObserverContext context, AppliedQuery query, ResponseEditor response) {
      edits.add(() -> response.setValue(0, Bytes.utf8("late")));
    }

    @Override
    public void preRead(ProposeContext context, QueryBatch batch) {
      edits.add(() -> batch.setKey(0, Bytes.utf8("late")));
    }

    @Override
    public void postRead(ObserverContext context, QueryView asked, ReadResult result) {
      edits.add(() -> result.hide(0));
    }

    @Override
    public void preProposeAdmin(ProposeContext context, AdminCommand command) {
      edits.add(() -> command.setSplitKey(0, Bytes.utf8("m")));
    }
  }

  @Test
  void nothingCanBeEditedAfterTheCall() {
    CoprocessorHost host = hostOf(new Keeps());
    host.preProposeQuery(REGION, 6, command(put("k", "v")));
    host.postApply(REGION, 7, 6, command(swap("k", "v", "w")), swapped("v"), true);
    host.preRead(REGION, 6, ReadCall.Get.of("default", text("k")));
    host.preRead(REGION, 6, new ReadCall.Scan("default", text("k"), text("m"), 9, false, false));
    host.postRead(
        REGION,
        6,
        ReadCall.Get.of("default", text("k")),
        List.of(new ReadPair(text("k"), text("v"))));
    host.preProposeAdmin(REGION, 6, split("n"));
    assertThat(edits)
        .hasSize(7)
        .allSatisfy(
            edit ->
                assertThatThrownBy(edit::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(REASON));
  }
}
