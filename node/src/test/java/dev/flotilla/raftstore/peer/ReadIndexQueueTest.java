package dev.flotilla.raftstore.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.raft.Payload;
import dev.flotilla.raft.ReadState;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.RecordingCallback;
import dev.flotilla.raftstore.Refusal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadIndexQueueTest {
  private static final long LEASE = 100;

  private final ReadIndexQueue queue = new ReadIndexQueue(7);
  private final RecordingCallback first = new RecordingCallback();
  private final RecordingCallback second = new RecordingCallback();
  private final RecordingCallback third = new RecordingCallback();

  /** Starts a round and returns what raft is asked with. */
  private Payload start(long nowNanos, Callback reader) {
    Payload context = queue.nextContext();
    queue.start(nowNanos, read(reader));
    return context;
  }

  private static Read read(Callback reader) {
    return new Read(RaftCmdRequest.getDefaultInstance(), reader);
  }

  private boolean join(Callback reader, long nowNanos) {
    return queue.join(read(reader), nowNanos, LEASE);
  }

  private List<Callback> takeReady(long appliedIndex) {
    List<Callback> ready = new ArrayList<>();
    queue.takeReady(appliedIndex, read -> ready.add(read.callback()));
    return ready;
  }

  @Test
  void nothingToJoinWhenNobodyWaits() {
    assertThat(join(first, 0)).isFalse();
    assertThat(queue.isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"50, true", "51, true", "149, true", "150, false", "1000, false"})
  void joinsRoundStartedLessThanLeaseAgo(long now, boolean joins) {
    Payload context = start(50, first);
    assertThat(join(second, now)).isEqualTo(joins);
    assertThat(queue.confirm(new ReadState(10, context))).hasValue(50);
    assertThat(takeReady(10)).hasSize(joins ? 2 : 1);
  }

  @Test
  void joinsAcrossTheWrapAroundOfTheClock() {
    start(Long.MAX_VALUE - 10, first);
    assertThat(join(second, Long.MIN_VALUE + 88)).isTrue();
    assertThat(join(third, Long.MIN_VALUE + 89)).isFalse();
  }

  @Test
  void doesNotJoinConfirmedRound() {
    queue.confirm(new ReadState(10, start(50, first)));
    assertThat(join(second, 51)).isFalse();
  }

  @Test
  void joinsTheNewestRound() {
    Payload old = start(0, first);
    start(200, second);
    assertThat(join(third, 201)).isTrue();
    queue.confirm(new ReadState(10, old));
    assertThat(takeReady(10)).containsExactly(first);
  }

  @Test
  void everyRoundHasItsOwnContext() {
    Payload context = queue.nextContext();
    assertThat(queue.nextContext()).as("asking starts nothing").isEqualTo(context);
    queue.start(0, read(first));
    assertThat(queue.nextContext()).isNotEqualTo(context);
  }

  @Test
  void answerToAnotherLifeOfTheReplicaConfirmsNothing() {
    ReadIndexQueue before = new ReadIndexQueue(6);
    Payload asked = before.nextContext();
    start(1, first);
    assertThat(queue.confirm(new ReadState(10, asked))).isEmpty();
    assertThat(takeReady(10)).as("what was committed since may be missing").isEmpty();
  }

  @Test
  void confirmationOfOneRoundHoldsForAllBeforeIt() {
    start(1, first);
    Payload secondContext = start(2, second);
    assertThat(queue.confirm(new ReadState(10, secondContext))).hasValue(2);
    assertThat(takeReady(10)).containsExactly(first, second);
  }

  @Test
  void laterConfirmationDoesNotMoveAnEarlierOne() {
    Payload firstContext = start(1, first);
    Payload secondContext = start(2, second);
    assertThat(queue.confirm(new ReadState(10, firstContext))).hasValue(1);
    assertThat(queue.confirm(new ReadState(11, secondContext))).hasValue(2);
    assertThat(takeReady(10)).containsExactly(first);
  }

  @Test
  void givesUpRoundsThatWereLost() {
    Payload lost = start(1, first);
    start(5, second);
    queue.refuseStartedBefore(5, Refusal.StaleCommand::new);
    assertThat(first.refusal()).isInstanceOf(Refusal.StaleCommand.class);
    assertThat(queue.confirm(new ReadState(10, lost))).isEmpty();
    assertThat(takeReady(10)).as("the second still waits").isEmpty();
    assertThat(queue.isEmpty()).isFalse();
  }

  @Test
  void givesUpRoundsWhoseEntriesDoNotCome() {
    Payload confirmed = start(1, first);
    start(2, second);
    start(5, third);
    queue.confirm(new ReadState(10, confirmed));
    assertThat(takeReady(9)).isEmpty();
    queue.refuseStartedBefore(5, Refusal.StaleCommand::new);
    assertThat(first.refusal()).isInstanceOf(Refusal.StaleCommand.class);
    assertThat(second.refusal()).as("behind it").isInstanceOf(Refusal.StaleCommand.class);
    assertThat(queue.isEmpty()).as("the third still waits").isFalse();
  }

  @Test
  void readersWaitUntilTheirIndexIsApplied() {
    Payload firstContext = start(1, first);
    assertThat(join(second, 2)).isTrue();
    Payload secondContext = start(3, third);
    assertThat(takeReady(100)).as("unconfirmed").isEmpty();
    queue.confirm(new ReadState(10, firstContext));
    queue.confirm(new ReadState(12, secondContext));
    assertThat(takeReady(9)).isEmpty();
    assertThat(takeReady(10)).containsExactly(first, second);
    assertThat(takeReady(11)).isEmpty();
    assertThat(queue.isEmpty()).isFalse();
    assertThat(takeReady(12)).containsExactly(third);
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void answersEveryReaderOnceWhenLeadershipIsLost() {
    queue.confirm(new ReadState(10, start(1, first)));
    Payload lost = start(2, second);
    assertThat(join(third, 3)).isTrue();
    queue.refuseAll(() -> new Refusal.NotLeader(2, null));
    queue.refuseAll(() -> new Refusal.NotLeader(2, null));
    assertThat(List.of(first, second, third))
        .extracting(RecordingCallback::refusal)
        .hasOnlyElementsOfType(Refusal.NotLeader.class);
    assertThat(takeReady(Long.MAX_VALUE)).isEmpty();
    assertThat(queue.nextContext()).as("a later round is no old one").isNotEqualTo(lost);
  }
}
