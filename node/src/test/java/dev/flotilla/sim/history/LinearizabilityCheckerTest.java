package dev.flotilla.sim.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinearizabilityCheckerTest {
  private static final long STEPS = 1_000_000;

  private static Operation get(long output, long calledAt, long returnedAt) {
    return new Operation(Operation.Kind.GET, 1, 0, 0, output, calledAt, returnedAt);
  }

  private static Operation put(long input, long calledAt, long returnedAt) {
    return new Operation(Operation.Kind.PUT, 2, 0, input, 0, calledAt, returnedAt);
  }

  private static Operation delete(long calledAt, long returnedAt) {
    return new Operation(Operation.Kind.DELETE, 3, 0, 0, 0, calledAt, returnedAt);
  }

  private static Operation swap(long expected, long input, long calledAt, long returnedAt) {
    return new Operation(Operation.Kind.SWAP, 4, expected, input, 0, calledAt, returnedAt);
  }

  private static Verdict check(Operation... history) {
    return LinearizabilityChecker.check(List.of(history), STEPS);
  }

  @Test
  void aReadAfterAWriteSeesIt() {
    assertThat(check(put(1, 1, 2), get(1, 3, 4))).isEqualTo(Verdict.LINEARIZABLE);
    assertThat(check(put(1, 1, 2), get(0, 3, 4))).isEqualTo(Verdict.ILLEGAL);
    assertThat(check(put(1, 1, 4), get(0, 2, 3))).isEqualTo(Verdict.LINEARIZABLE);
  }

  @Test
  void readsDoNotGoBack() {
    assertThat(check(put(1, 1, 2), put(2, 3, 8), get(2, 4, 5), get(1, 6, 7)))
        .isEqualTo(Verdict.ILLEGAL);
  }

  @Test
  void anUnknownWriteMayComeLate() {
    assertThat(check(put(1, 1, 2), put(2, 3, Operation.NEVER), get(1, 4, 5), get(2, 6, 7)))
        .isEqualTo(Verdict.LINEARIZABLE);
    assertThat(check(put(2, 1, Operation.NEVER), get(2, 2, 3), put(1, 4, 5), get(2, 6, 7)))
        .isEqualTo(Verdict.ILLEGAL);
  }

  @Test
  void aValueThatNobodyWroteIsSeenByNobody() {
    assertThat(check(get(7, 1, 2))).isEqualTo(Verdict.ILLEGAL);
  }

  @Test
  void aSwapSeesWhatItSwaps() {
    assertThat(check(put(1, 1, 2), swap(1, 2, 3, 4), get(2, 5, 6))).isEqualTo(Verdict.LINEARIZABLE);
    assertThat(check(put(1, 1, 2), swap(1, 2, 3, 4), swap(1, 3, 5, 6))).isEqualTo(Verdict.ILLEGAL);
    Operation failed = new Operation(Operation.Kind.FAILED_SWAP, 1, 1, 9, 1, 3, 4);
    assertThat(check(put(1, 1, 2), failed)).isEqualTo(Verdict.ILLEGAL);
  }

  /** The swap's value was seen, so it happened, so the put that it swapped did as well. */
  @Test
  void anUnknownSwapThatWasSeenHasSeen() {
    assertThat(
            check(
                put(1, 1, Operation.NEVER),
                swap(1, 2, 2, Operation.NEVER),
                get(2, 3, 4),
                get(0, 5, 6)))
        .isEqualTo(Verdict.ILLEGAL);
  }

  @Test
  void anUnknownDeleteMayHappenAnyTimeOrNever() {
    assertThat(check(put(1, 1, 2), delete(3, Operation.NEVER), get(1, 4, 5)))
        .isEqualTo(Verdict.LINEARIZABLE);
    assertThat(check(put(1, 1, 2), delete(3, Operation.NEVER), get(0, 4, 5), get(1, 6, 7)))
        .isEqualTo(Verdict.ILLEGAL);
  }

  @Test
  void agreesWithTryingEverything() {
    int[] verdicts = new int[2];
    for (long seed = 0; seed < 60_000; seed++) {
      List<Operation> history =
          new RandomHistory(seed, seed % 2 == 0 ? 0 : 0.7, 0.25, seed % 3 != 0)
              .generate(2 + (int) (seed % 4), 3 + (int) (seed % 5));
      boolean expected = BruteForce.isLinearizable(history);
      assertThat(LinearizabilityChecker.check(history, STEPS))
          .as("seed %s: %s", seed, history)
          .isEqualTo(expected ? Verdict.LINEARIZABLE : Verdict.ILLEGAL);
      verdicts[expected ? 1 : 0]++;
    }
    // Else one of the two was not tried.
    assertThat(verdicts[0]).isGreaterThan(5_000);
    assertThat(verdicts[1]).isGreaterThan(5_000);
  }

  @Test
  void acceptsLongHistoriesOfARegister() {
    for (long seed = 0; seed < 200; seed++) {
      List<Operation> history = new RandomHistory(seed, 0, 0.05, seed % 2 == 0).generate(12, 1_000);
      assertThat(LinearizabilityChecker.check(history, STEPS))
          .as("seed %s", seed)
          .isEqualTo(Verdict.LINEARIZABLE);
    }
  }

  @Test
  void findsOneStaleReadInALongHistory() {
    int found = 0;
    for (long seed = 0; seed < 50; seed++) {
      List<Operation> history =
          new ArrayList<>(new RandomHistory(seed, 0, 0.01, true).generate(4, 500));
      long end = history.size() * 3L;
      history.add(put(1_000_001, end + 1, end + 2));
      history.add(put(1_000_002, end + 3, end + 4));
      history.add(get(1_000_001, end + 5, end + 6));
      found += LinearizabilityChecker.check(history, STEPS) == Verdict.ILLEGAL ? 1 : 0;
    }
    assertThat(found).isEqualTo(50);
  }

  @Test
  void givesUpRatherThanPass() {
    List<Operation> history = new RandomHistory(3, 0, 0.05, true).generate(12, 300);
    assertThat(LinearizabilityChecker.check(history, 3)).isEqualTo(Verdict.UNDECIDED);
  }

  @Test
  void tellsTheAnswerThatMadeItIllegal() {
    History history = new History();
    history.add("k", put(1, 1, 2));
    history.add("k", get(1, 3, 4));
    history.add("k", get(0, 5, 6));
    history.add("k", put(2, 7, 8));
    assertThat(history.violations()).singleElement().asString().contains("get = 0");
    assertThat(history.violations().get(0)).doesNotContain("put 2");
  }
}
