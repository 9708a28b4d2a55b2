package dev.flotilla.pd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.engine.sim.SimEngine;
import dev.flotilla.proto.cluster.JoinRequest;
import dev.flotilla.proto.cluster.JoinResponse;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RaftCommands;
import dev.flotilla.raftstore.ReadGrant;
import dev.flotilla.raftstore.SharedSnapshot;
import dev.flotilla.raftstore.StoppedClock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nodes that want to be let in at the same moment. */
class AdmissionTest {
  private static final long TERM = 6;
  private static final long RECORD_BYTES_MAX = 1000;

  private final Queue<Msg.Command> commands = new ArrayDeque<>();
  private final SimEngine engine = SimEngine.kv();
  private final RegionTree regions = new RegionTree(new StoppedClock(1, 1));
  private final Admission admission = new Admission(77, "", new StoreRecords(1, regions));
  private final ActiveDriver driver = driver();
  private final List<JoinResponse> answers = new ArrayList<>();

  private ActiveDriver driver() {
    SystemRegion region =
        new SystemRegion(
            msg -> commands.add((Msg.Command) msg),
            task -> {
              task.run();
              return true;
            },
            new PlacementTask.Leads(
                RaftCommands.REGION, Peer.getDefaultInstance(), TERM, 0, List.of(), List.of()));
    return new ActiveDriver(
        region,
        new StoppedClock(1, 1),
        new Records(TERM, 1000, 10_000, Map.of(), Map.of(), 0, Map.of()),
        regions,
        new PlacementRules(3, 1, Long.MAX_VALUE, "", RECORD_BYTES_MAX),
        1,
        () -> {});
  }

  private void join(long incarnation, String address, String name, long started) {
    admission.admit(
        driver,
        JoinRequest.newBuilder()
            .setIncarnation(incarnation)
            .setStore(
                Store.newBuilder()
                    .setAddress(address)
                    .setPeerAddress("peer of " + address)
                    .setNodeName(name)
                    .setStartTimestamp(started))
            .build(),
        Answer.of(answers::add, reason -> answers.add(JoinResponse.getDefaultInstance())));
  }

  /** The system region carries out everything that it was asked. */
  private void settle() {
    while (!commands.isEmpty()) {
      Msg.Command command = commands.remove();
      if (command.request().getRequests(0).getCmdType() == CmdType.Snap) {
        command
            .callback()
            .readable(
                new ReadGrant(new SharedSnapshot(engine.snapshot()), RaftCommands.REGION, TERM, 0));
      } else {
        command.callback().done(RaftCmdResponse.getDefaultInstance());
      }
    }
  }

  /** The one that began later may be the right node, where the other one came to nothing. */
  @ParameterizedTest
  @CsvSource({
    "a, b, node-1, node-1, 1",
    "a, a, node-1, node-2, 1",
    "a, a, '', '', 1",
    "a, b, node-1, node-1, 2",
    "a, a, '', '', 2"
  })
  void ofTwoThatCannotBothBeThereTheLaterStands(
      String address, String otherAddress, String name, String otherName, long otherStarted) {
    join(1, address, name, 1);
    join(2, otherAddress, otherName, otherStarted);
    settle();
    assertThat(answers).hasSize(2);
    assertThat(driver.stores().all())
        .filteredOn(store -> store.getState() != StoreState.Tombstone)
        .singleElement()
        .extracting(Store::getId)
        .isEqualTo(answers.get(1).getStoreId());
  }

  @ParameterizedTest
  @CsvSource({"a, b, node-1, node-1", "a, a, node-1, node-2", "a, a, '', ''"})
  void oneThatBeganEarlierIsTurnedAway(
      String address, String otherAddress, String name, String otherName) {
    join(1, address, name, 2);
    join(2, otherAddress, otherName, 1);
    settle();
    assertThat(answers)
        .extracting(JoinResponse::getStoreId)
        .containsOnlyOnce(0L)
        .containsOnlyOnceElementsOf(driver.stores().all().stream().map(Store::getId).toList());
    assertThat(answers)
        .filteredOn(answer -> answer.getStoreId() == 0)
        .singleElement()
        .extracting(JoinResponse::getRefusal)
        .asString()
        .contains("is on record");
  }

  /** The log would refuse it, and the driver with it, again with each try of the node. */
  @Test
  void aStoreOfWhichTooMuchIsSaidIsTurnedAway() {
    join(1, "a", "node-1", 1);
    join(2, "b", "x".repeat((int) RECORD_BYTES_MAX), 1);
    settle();
    Store known = driver.stores().all().iterator().next();
    List<String> refusals = new ArrayList<>();
    new StoreRecords(1, regions)
        .renew(
            driver,
            known.toBuilder().setAddress("x".repeat((int) RECORD_BYTES_MAX)).build(),
            Answer.of(renewed -> refusals.add("none"), refusals::add));
    assertThat(answers)
        .element(1)
        .extracting(JoinResponse::getRefusal)
        .asString()
        .contains("large");
    assertThat(refusals).singleElement().asString().contains("large");
    assertThat(commands).isEmpty();
    assertThat(driver.stores().latest(known.getId())).isEqualTo(known);
  }

  @Test
  void othersAreBothLetIn() {
    join(1, "a", "node-1", 1);
    join(2, "b", "node-2", 1);
    settle();
    assertThat(answers).extracting(JoinResponse::getStoreId).doesNotContain(0L).hasSize(2);
  }
}
