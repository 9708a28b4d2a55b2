package dev.flotilla.pd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.RaftCommands;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.StoppedClock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everyone who asks a driver is answered, once, also when another drives in the meantime. */
class ActiveDriverTest {
  private static final long TERM = 6;
  private static final long WATERMARK = 1000;
  private static final int RECORD_BYTES_MAX = 1 << 20;
  private static final Clock STOPPED = new StoppedClock(1, 1);

  /** What the driver has asked of its region, oldest first. */
  private final Queue<Msg.Command> commands = new ArrayDeque<>();

  private final List<String> answers = new ArrayList<>();
  private final ActiveDriver driver = driver();
  private int deposed;

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
        STOPPED,
        new Records(TERM, WATERMARK, 10_000, Map.of(), Map.of(), 0, Map.of()),
        new RegionTree(new StoppedClock(1, 1)),
        new PlacementRules(3, 1, Long.MAX_VALUE, "", RECORD_BYTES_MAX),
        1,
        () -> deposed++);
  }

  private <R> Answer<R> as(String name) {
    return new Answer<>() {
      @Override
      public void done(R answer) {
        answers.add(name + " done");
      }

      @Override
      public void unavailable(String reason) {
        answers.add(name + " unavailable");
      }

      @Override
      public void refused(String reason) {
        answers.add(name + " refused");
      }
    };
  }

  private void refuse() {
    commands.remove().callback().refused(new Refusal.ServerIsBusy("not now"));
  }

  @Test
  void whoCameDuringAConfirmationIsAnsweredWhenTheDriverIsDeposedInIt() {
    driver.timestamps(1, as("first"));
    driver.timestamps(1, as("second"));
    assertThat(commands).as("the confirmation of the first").hasSize(1);
    driver.depose();
    refuse();
    assertThat(answers).containsExactlyInAnyOrder("first unavailable", "second unavailable");
    assertThat(commands).isEmpty();
    assertThat(deposed).isEqualTo(1);
  }

  @Test
  void whoWaitsForIdsIsAnsweredWhenTheyCannotBeMadeAvailable() {
    driver.allocate(1, as("first"));
    driver.allocate(1, as("second"));
    refuse();
    assertThat(answers).containsExactly("first unavailable", "second unavailable");
    assertThat(deposed).isEqualTo(1);
  }

  @Test
  void whoAsksADeposedDriverIsAnswered() {
    driver.depose();
    driver.allocate(1, as("late"));
    refuse();
    assertThat(answers).containsExactly("late unavailable");
  }

  /** As long as nothing comes of a write, all that clients ask for in the meantime waits. */
  @Test
  void noMoreThanSoManyWait() {
    int more = 10;
    for (int i = 0; i < ActiveDriver.WAITING_MAX / 2; i++) {
      driver.timestamps(1, as("time"));
      driver.allocate(1, as("id"));
    }
    assertThat(answers).isEmpty();
    for (int i = 0; i < more; i++) {
      driver.timestamps(1, as("late"));
      driver.allocate(1, as("late"));
    }
    assertThat(answers).hasSize(2 * more).containsOnly("late unavailable");
    driver.depose();
    while (!commands.isEmpty()) {
      refuse();
    }
    assertThat(answers).hasSize(2 * more + ActiveDriver.WAITING_MAX);
  }

  /** As a client of a later version may ask for it. */
  @Test
  void aStateOfStoresThatIsNotKnownIsRefused() {
    driver.stores().put(Store.newBuilder().setId(2).build());
    StoreRecords records = new StoreRecords(1, new RegionTree(new StoppedClock(1, 1)));
    records.setState(driver, 2, StoreState.UNRECOGNIZED, as("state"));
    assertThat(answers).containsExactly("state refused");
    assertThat(commands).isEmpty();
  }

  /** Were they one command, it would be larger than an entry may be, and depose the driver. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 20_000})
  void storesThatAreGoneAreForgottenAPartAtATime(int count) {
    for (long id = 1; id <= count; id++) {
      driver.stores().put(store(id, StoreState.Tombstone));
      driver.stores().putIncarnation(Long.MAX_VALUE - id, id);
    }
    driver.stores().put(store(count + 1, StoreState.Up));
    driver.stores().putIncarnation(7, count + 1L);
    List<Long> forgotten = new ArrayList<>();
    new StoreRecords(count + 1, new RegionTree(new StoppedClock(1, 1)))
        .removeTombstones(driver, Answer.of(forgotten::addAll, answers::add));
    int deletes = 0;
    while (!commands.isEmpty()) {
      assertThat(forgotten).isEmpty();
      Msg.Command next = commands.remove();
      assertThat(next.request().getSerializedSize()).isLessThan(RECORD_BYTES_MAX + 1024);
      deletes += next.request().getRequestsCount() - 1;
      next.callback().done(RaftCmdResponse.getDefaultInstance());
    }
    assertThat(forgotten).hasSize(count).isSorted();
    assertThat(deletes).isEqualTo(2 * count);
    assertThat(driver.stores().all()).containsExactly(store(count + 1, StoreState.Up));
    assertThat(driver.stores().incarnationsOf(Set.of(count + 1L))).containsExactly(7L);
    assertThat(answers).isEmpty();
  }

  private static Store store(long id, StoreState state) {
    return Store.newBuilder().setId(id).setState(state).build();
  }

  @Test
  void whoHasStoresForgottenIsToldWhenTheDriverIsDeposedBetweenTwoParts() {
    for (long id = 1; id <= 20_000; id++) {
      driver.stores().put(store(id, StoreState.Tombstone));
    }
    new StoreRecords(1, new RegionTree(new StoppedClock(1, 1)))
        .removeTombstones(driver, as("forget"));
    commands.remove().callback().done(RaftCmdResponse.getDefaultInstance());
    assertThat(answers).isEmpty();
    refuse();
    assertThat(answers).containsExactly("forget unavailable");
  }

  /** Other nodes say how many they want: a wrong number would have the same ids given twice. */
  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1 << 21, Long.MAX_VALUE})
  void noNumberIsTakenBack(long count) {
    driver.allocate(count, as("ids"));
    driver.timestamps((int) Math.max(Integer.MIN_VALUE, Math.min(count, 1 << 18)), as("times"));
    assertThat(answers).containsExactly("ids refused", "times refused");
    assertThat(commands).isEmpty();
  }
}
