package dev.flotilla.sim.cluster;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;

/** Something that must never be so, is. */
final class Violation extends AssertionError {
  private static final long serialVersionUID = 1;

  Violation(String what) {
    super(what);
  }

  /** Formats nothing while all is well: this is called at every event. */
  @FormatMethod
  static void check(boolean holds, @FormatString String what, Object... arguments) {
    if (!holds) {
      throw new Violation(what.formatted(arguments));
    }
  }
}
