package dev.flotilla.raftstore.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

  private final ReadIndexQueue queue = new ReadIndexQueue();
  private final RecordingCallback first = new RecordingCallback();
  private final RecordingCallback second = new RecordingCallback();
  private final RecordingCallback third = new RecordingCallback();

  /** Starts a round and returns what raft is asked with. */
  private Payload start(long nowNanos, Callback reader) {
    Payload context = queue.nextContext();
    queue.start(nowNanos, reader);
    return context;
  }

  private List<Callback> takeReady(long appliedIndex) {
    List<Callback> ready = new ArrayList<>();
    queue.takeReady(appliedIndex, ready::add);
    return ready;
  }

  @Test
  void nothingToJoinWhenNobodyWaits() {
    assertThat(queue.join(first, 0, LEASE)).isFalse();
    assertThat(queue.isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"50, true", "51, true", "149, true", "150, false", "1000, false"})
  void joinsRoundStartedLessThanLeaseAgo(long now, boolean joins) {
    Payload context = start(50, first);
    assertThat(queue.join(second, now, LEASE)).isEqualTo(joins);
    assertThat(queue.confirm(new ReadState(10, context))).isEqualTo(50);
    assertThat(takeReady(10)).hasSize(joins ? 2 : 1);
  }

  @Test
  void joinsAcrossTheWrapAroundOfTheClock() {
    start(Long.MAX_VALUE - 10, first);
    assertThat(queue.join(second, Long.MIN_VALUE + 88, LEASE)).isTrue();
    assertThat(queue.join(third, Long.MIN_VALUE + 89, LEASE)).isFalse();
  }

  @Test
  void doesNotJoinConfirmedRound() {
    queue.confirm(new ReadState(10, start(50, first)));
    assertThat(queue.join(second, 51, LEASE)).isFalse();
  }

  @Test
  void joinsTheNewestRound() {
    Payload old = start(0, first);
    start(200, second);
    assertThat(queue.join(third, 201, LEASE)).isTrue();
    queue.confirm(new ReadState(10, old));
    assertThat(takeReady(10)).containsExactly(first);
  }

  @Test
  void everyRoundHasItsOwnContext() {
    Payload context = queue.nextContext();
    assertThat(queue.nextContext()).as("asking starts nothing").isEqualTo(context);
    assertThat(context.length()).isEqualTo(Long.BYTES);
    queue.start(0, first);
    assertThat(queue.nextContext()).isNotEqualTo(context);
  }

  @Test
  void roundsAreConfirmedInOrder() {
    Payload firstContext = start(1, first);
    Payload secondContext = start(2, second);
    assertThatThrownBy(() -> queue.confirm(new ReadState(10, secondContext)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("out of order");
    assertThat(queue.confirm(new ReadState(10, firstContext))).isEqualTo(1);
    assertThat(queue.confirm(new ReadState(11, secondContext))).isEqualTo(2);
    assertThatThrownBy(() -> queue.confirm(new ReadState(11, secondContext)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("nobody waits for");
  }

  @Test
  void readersWaitUntilTheirIndexIsApplied() {
    Payload firstContext = start(1, first);
    assertThat(queue.join(second, 2, LEASE)).isTrue();
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
    assertThat(queue.join(third, 3, LEASE)).isTrue();
    queue.refuseAll(() -> new Refusal.NotLeader(2, null));
    queue.refuseAll(() -> new Refusal.NotLeader(2, null));
    assertThat(List.of(first, second, third))
        .extracting(RecordingCallback::refusal)
        .hasOnlyElementsOfType(Refusal.NotLeader.class);
    assertThat(takeReady(Long.MAX_VALUE)).isEmpty();
    assertThat(queue.nextContext()).as("a later round is no old one").isNotEqualTo(lost);
  }
}
