package dev.flotilla.raftstore;

import org.jspecify.annotations.Nullable;

/** Checks of what must hold. A failure is a bug: it stops the store before it can spread. */
public final class Invariants {
  private Invariants() {}

  /** Always on, for the consensus and apply path: one branch, formats only on failure. */
  public static void check(boolean holds, String message) {
    if (!holds) {
      throw new AssertionError(message);
    }
  }

  /** As {@link #check(boolean, String)}, naming the two numbers that disagree. */
  public static void check(boolean holds, String message, long expected, long actual) {
    if (!holds) {
      throw new AssertionError(message + ": " + expected + " against " + actual);
    }
  }

  /** Returns {@code value}, which must be there. */
  public static <T> T present(@Nullable T value, String message) {
    if (value == null) {
      throw new AssertionError(message);
    }
    return value;
  }
}
