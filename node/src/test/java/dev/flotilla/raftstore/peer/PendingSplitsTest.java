package dev.flotilla.raftstore.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PendingSplitsTest {
  private final PendingSplits splits = new PendingSplits();

  @Test
  void countsFromItsCommitUntilItIsApplied() {
    assertThat(splits.isCommitted(9)).isFalse();
    splits.onProposed(10);
    assertThat(splits.isCommitted(9)).isFalse();
    assertThat(splits.isCommitted(10)).isTrue();
    assertThat(splits.isCommitted(11)).isTrue();
    splits.onApplied(9);
    assertThat(splits.isCommitted(11)).isTrue();
    splits.onApplied(10);
    assertThat(splits.isCommitted(11)).isFalse();
  }

  @Test
  void theFirstCountsWhileTheSecondHasNotCommitted() {
    splits.onProposed(10);
    splits.onProposed(12);
    assertThat(splits.isCommitted(11)).isTrue();
    splits.onApplied(10);
    assertThat(splits.isCommitted(11)).isFalse();
    assertThat(splits.isCommitted(12)).isTrue();
    splits.onApplied(20);
    assertThat(splits.isCommitted(20)).isFalse();
  }

  @Test
  void whatWasProposedInAnotherTermNeverHoldsReadsBack() {
    splits.onProposed(10);
    splits.clear();
    assertThat(splits.isCommitted(10)).isFalse();
  }
}
