package dev.flotilla.raftstore;

/** A source of random numbers, seeded outside so that a run can be repeated. */
@FunctionalInterface
public interface Chance {
  /** Returns a number from {@code min} to below {@code max}, which is above {@code min}. */
  int between(int min, int max);
}
