package dev.flotilla.raft;

/** Checks of what must hold. A failure is a bug or a damaged store: the replica must stop. */
final class Invariants {
  private Invariants() {}

  /** Always on: going on would let replicas diverge. */
  static void check(boolean holds, String rule) {
    if (!holds) {
      throw new AssertionError(rule);
    }
  }

  /** Always on; the numbers are put into {@code format} only on failure. */
  static void check(boolean holds, String format, long a, long b) {
    if (!holds) {
      throw new AssertionError(String.format(format, a, b));
    }
  }
}
