package dev.flotilla.raftstore.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flotilla.raftstore.RecordingCallback;
import dev.flotilla.raftstore.Refusal;
import org.junit.jupiter.api.Test;

class PendingCommandsTest {
  private final PendingCommands pending = new PendingCommands();

  private RecordingCallback waiting(long term, long index) {
    RecordingCallback callback = new RecordingCallback();
    pending.add(new Proposal(index, term, callback));
    return callback;
  }

  @Test
  void takesExactlyTheEntry() {
    RecordingCallback first = waiting(6, 7);
    waiting(6, 8);
    assertThat(pending.take(7, 6)).isSameAs(first);
    assertThat(pending.take(7, 6)).isNull();
  }

  @Test
  void answersWhomAnEntryHasOvertaken() {
    RecordingCallback overtaken = waiting(6, 7);
    RecordingCallback later = waiting(7, 7);
    assertThat(pending.take(7, 7)).isSameAs(later);
    assertThat(overtaken.refusal()).isInstanceOf(Refusal.StaleCommand.class);
  }

  @Test
  void refusesProposalsOutOfOrder() {
    waiting(6, 7);
    assertThatThrownBy(() -> waiting(6, 7)).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> waiting(5, 8)).isInstanceOf(AssertionError.class);
  }
}
