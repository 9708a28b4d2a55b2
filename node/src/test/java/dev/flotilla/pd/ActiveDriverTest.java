package dev.flotilla.pd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Store;
import dev.flotilla.proto.metapb.StoreState;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Everyone who asks a driver is answered, once, also when another drives in the meantime. */
class ActiveDriverTest {
  private static final long TERM = 6;
  private static final long WATERMARK = 1000;
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
        new RegionTree(),
        new PlacementRules(3, 1, "", 1 << 20),
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

  /** As a client of a later version may ask for it. */
  @Test
  void aStateOfStoresThatIsNotKnownIsRefused() {
    driver.stores().put(Store.newBuilder().setId(2).build());
    StoreRecords records = new StoreRecords(1, new RegionTree());
    records.setState(driver, 2, StoreState.UNRECOGNIZED, as("state"));
    assertThat(answers).containsExactly("state refused");
    assertThat(commands).isEmpty();
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
