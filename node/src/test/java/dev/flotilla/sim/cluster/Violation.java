package dev.flotilla.sim.cluster;

/** Something that must never be so, is. */
final class Violation extends AssertionError {
  private static final long serialVersionUID = 1;

  Violation(String what) {
    super(what);
  }

  static void check(boolean holds, String what) {
    if (!holds) {
      throw new Violation(what);
    }
  }
}
