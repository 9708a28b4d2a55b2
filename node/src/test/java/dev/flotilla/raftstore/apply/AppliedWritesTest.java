package dev.flotilla.raftstore.apply;

import static dev.flotilla.raftstore.RaftCommands.command;
import static dev.flotilla.raftstore.RaftCommands.compactLog;
import static dev.flotilla.raftstore.RaftCommands.delete;
import static dev.flotilla.raftstore.RaftCommands.deleteIfExpired;
import static dev.flotilla.raftstore.RaftCommands.guard;
import static dev.flotilla.raftstore.RaftCommands.put;
import static dev.flotilla.raftstore.RaftCommands.stamped;
import static dev.flotilla.raftstore.RaftCommands.swap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.coprocessor.AppliedCommands;
import dev.flotilla.coprocessor.Chain;
import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.Registration;
import dev.flotilla.coprocessor.api.AppliedQuery;
import dev.flotilla.coprocessor.api.ApplyContext;
import dev.flotilla.coprocessor.api.CmdBatch;
import dev.flotilla.coprocessor.api.CmdObserver;
import dev.flotilla.coprocessor.api.QueryObserver;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.Request;
import dev.flotilla.proto.raft_cmdpb.SplitRequest;
import dev.flotilla.raftstore.RaftCommands;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.wire.RegionStates;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is shown of applied writes to those who see them in batches. */
class AppliedWritesTest {
  private static final long T = 1_700_000_000_000L;

  private final CoprocessorHost host = CoprocessorHost.withBuiltIns();
  private final List<String> shown = new ArrayList<>();

  /** Its feed notes what it would be shown. */
  private static final class Sees implements CmdObserver {
    @Override
    public void onFlushAppliedCmdBatch(CmdBatch batch) {
      throw new AssertionError("the feed shows nothing");
    }
  }

  private void observe(Registration... others) {
    Registration registration = Registration.of("sees", "1", new Sees());
    registration.feedBy(batch -> shown.add(text(batch)));
    List<Registration> registrations = new ArrayList<>(List.of(others));
    registrations.add(registration);
    host.publish(Chain.of(registrations));
  }

  private void observeNoMore() {
    host.publish(Chain.of(List.of()));
  }

  private static String text(AppliedCommands batch) {
    StringBuilder text = new StringBuilder();
    text.append(batch.after()).append("..").append(batch.last());
    for (AppliedCommands.Command command : batch.commands()) {
      text.append(' ').append(command.index()).append(':');
      for (Request request : command.request().getRequestsList()) {
        text.append(' ').append(request.getCmdType());
      }
    }
    return text.toString();
  }

  @Test
  void oneBatchHoldsWhatOneTurnHasWritten() {
    observe();
    ApplyRig rig = new ApplyRig(host);
    rig.apply(command(put("c", "1")), command(delete("d"), put("e", "2")));
    rig.applyOne(command(put("c", "2")));
    assertThat(shown).containsExactly("5..5", "5..7 6: Put 7: Delete Put", "7..8 8: Put");
  }

  /**
   * Positions go on over what is no write, or nothing would tell it from writes that are missing.
   */
  @Test
  void whatIsNoWriteLeavesNoGap() {
    observe();
    ApplyRig rig = new ApplyRig(host);
    rig.applyOne(command(put("c", "1")));
    rig.applyOne(compactLog(5, 5));
    rig.applyOne(command(put("c", "2")));
    assertThat(shown).containsExactly("5..5", "5..6 6: Put", "6..8 8: Put");
  }

  /** Whoever opens the data by what was shown before the split finds none: the range is another. */
  @Test
  void aSplitIsShownThoughNothingIsWritten() {
    observe();
    ApplyRig rig = new ApplyRig(host);
    rig.applyOne(command(put("c", "1")));
    rig.applyOne(split("m"));
    rig.applyOne(compactLog(5, 5));
    assertThat(shown).containsExactly("5..5", "5..6 6: Put", "6..7");
  }

  private static RaftCmdRequest split(String key) {
    return stamped(T).toBuilder()
        .setAdminRequest(
            AdminRequest.newBuilder()
                .setCmdType(AdminCmdType.Split)
                .setSplit(
                    SplitRequest.newBuilder()
                        .setSplitKey(RaftCommands.text(key))
                        .setNewRegionId(1000)
                        .addNewPeerIds(1001)))
        .build();
  }

  @Test
  void whatHasNoEffectIsNotShown() {
    observe();
    ApplyRig rig = new ApplyRig(host);
    rig.applyOne(stamped(T, put("c", "1", 10), put("d", "1")));
    shown.clear();
    rig.apply(
        command(swap("d", "other", "2")),
        command(guard("d", "other"), put("d", "3")),
        command(swap("d", "1", "2")),
        command(guard("d", "2"), put("d", "3")));
    rig.applyOne(stamped(T + 20_000, deleteIfExpired("c"), deleteIfExpired("d")));
    rig.applyOne(stamped(T + 20_000, deleteIfExpired("d")));
    assertThat(shown).containsExactly("6..10 9: CompareAndSwap 10: Put", "10..11 11: Delete");
    assertThat(rig.keys()).containsExactly("d");
  }

  /** Else a plugin would take a batch for all of what it holds only a part of. */
  @Test
  void whoComesLaterIsShownNothingOfBefore() {
    ApplyRig rig = new ApplyRig(host);
    rig.applyOne(command(put("c", "1")));
    observe();
    rig.applyOne(command(put("c", "2")));
    observeNoMore();
    rig.applyOne(command(put("c", "3")));
    observe();
    rig.applyOne(command(put("c", "4")));
    assertThat(shown).containsExactly("6..7 7: Put", "8..9 9: Put");
  }

  /** Has nobody shown anything from the first command on. */
  private final class Leaves implements QueryObserver {
    @Override
    public void preApplyQuery(ApplyContext context, AppliedQuery query) {
      observeNoMore();
    }
  }

  /** Else it would come in a batch that begins behind it. */
  @Test
  void whatWasCollectedWhenTheLastOneLeftIsForgotten() {
    observe(Registration.of("leaves", "1", new Leaves()));
    ApplyRig rig = new ApplyRig(host);
    rig.runner.run(
        List.of(
            ApplyRig.entries(List.of(rig.next(command(put("c", "1"))).entry())),
            ApplyRig.entries(List.of(rig.next(command(put("c", "2"))).entry()))));
    observe();
    rig.applyOne(command(put("c", "3")));
    assertThat(shown).containsExactly("5..5", "7..8 8: Put");
  }

  @Test
  void theSystemRegionIsNotShown() {
    observe();
    ApplyRig rig = new ApplyRig(host);
    shown.clear();
    rig.register(
        RaftCommands.REGION.toBuilder().setId(Regions.SYSTEM_REGION_ID).build(),
        RegionStates.initialApplyState());
    assertThat(shown).isEmpty();
  }
}
