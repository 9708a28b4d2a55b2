package dev.flotilla.raftstore.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.raft.Entry;
import dev.flotilla.raft.EntryList;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.RaftCommands;
import dev.flotilla.raftstore.RecordingCallback;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.apply.Proposal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProposalQueueTest {
  private final ProposalQueue queue = new ProposalQueue();

  /** Entries {@code [low, high]} of one term. */
  private static EntryList committed(long term, long low, long high) {
    Entry[] entries = new Entry[(int) (high - low + 1)];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = RaftCommands.empty(term, low + i);
    }
    return EntryList.of(entries);
  }

  private void push(long term, long index, long nanos) {
    queue.push(term, index, nanos, Callback.IGNORE);
  }

  @Test
  void tellsWhenTheNewestCommittedWasProposed() {
    push(6, 10, 100);
    push(6, 11, 110);
    push(6, 12, 120);
    assertThat(queue.takeProposeTime(committed(6, 10, 11))).hasValue(110);
    assertThat(queue.takeProposeTime(committed(6, 12, 12))).hasValue(120);
  }

  @Test
  void forgetsWhatItHasTold() {
    push(6, 10, 100);
    assertThat(queue.takeProposeTime(committed(6, 10, 10))).hasValue(100);
    assertThat(queue.takeProposeTime(committed(6, 10, 10))).isEmpty();
  }

  @Test
  void entriesBeforeTheFirstProposalTellNothing() {
    push(6, 10, 100);
    assertThat(queue.takeProposeTime(committed(6, 8, 9))).isEmpty();
    assertThat(queue.takeProposeTime(committed(6, 10, 10))).hasValue(100);
  }

  @Test
  void countsTheProposalBeforeAnEntryOfItsTermThatWasNotProposedHere() {
    push(6, 10, 100);
    assertThat(queue.takeProposeTime(committed(6, 10, 12))).hasValue(100);
  }

  @Test
  void entriesOfAnotherLeaderTellNothing() {
    push(6, 10, 100);
    push(6, 11, 110);
    // Overwritten by the leader of term 7.
    assertThat(queue.takeProposeTime(committed(7, 10, 10))).isEmpty();
    push(8, 11, 130);
    assertThat(queue.takeProposeTime(committed(8, 11, 11))).hasValue(130);
  }

  @Test
  void entriesOfAnOlderTermLeaveProposalsOfThisOne() {
    push(7, 10, 100);
    assertThat(queue.takeProposeTime(committed(6, 10, 20))).isEmpty();
    assertThat(queue.takeProposeTime(committed(7, 10, 10))).hasValue(100);
  }

  @ParameterizedTest
  @CsvSource({"6, 10", "6, 9", "5, 11", "5, 9"})
  void proposalsMustComeInOrder(long term, long index) {
    push(6, 10, 100);
    assertThatThrownBy(() -> push(term, index, 110))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("out of order");
  }

  @Test
  void newTermMayGoBackInTheLog() {
    push(6, 10, 100);
    push(7, 8, 110);
    assertThat(queue.takeProposeTime(committed(7, 8, 8))).hasValue(110);
  }

  @Test
  void handsOverEachWhoWaitsOnce() {
    Callback first = new RecordingCallback();
    Callback second = new RecordingCallback();
    Callback third = new RecordingCallback();
    queue.push(6, 10, 100, first);
    queue.push(6, 11, 110, second);
    assertThat(queue.takeWaiting())
        .containsExactly(new Proposal(10, 6, first), new Proposal(11, 6, second));
    assertThat(queue.takeWaiting()).isEmpty();
    queue.push(6, 12, 120, third);
    assertThat(queue.takeWaiting()).containsExactly(new Proposal(12, 6, third));
    // Handing over does not forget the times.
    assertThat(queue.takeProposeTime(committed(6, 10, 11))).hasValue(110);
  }

  @Test
  void lostLeadershipForgetsTimesButNotWhoWaits() {
    Callback callback = new RecordingCallback();
    queue.push(6, 10, 100, callback);
    queue.forgetTimes();
    assertThat(queue.takeProposeTime(committed(6, 10, 10))).isEmpty();
    assertThat(queue.takeWaiting()).containsExactly(new Proposal(10, 6, callback));
  }

  @Test
  void answersOnlyThoseNotHandedOver() {
    RecordingCallback handedOver = new RecordingCallback();
    RecordingCallback waiting = new RecordingCallback();
    queue.push(6, 10, 100, handedOver);
    List<Proposal> taken = queue.takeWaiting();
    queue.push(6, 11, 110, waiting);
    queue.refuseWaiting();
    queue.refuseWaiting();
    assertThat(taken).hasSize(1);
    assertThat(handedOver.isAnswered()).isFalse();
    assertThat(waiting.refusal()).isInstanceOf(Refusal.Undetermined.class);
  }
}
