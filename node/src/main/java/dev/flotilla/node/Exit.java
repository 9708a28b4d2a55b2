package dev.flotilla.node;

/** Exit statuses of the program; scripts rely on them. */
final class Exit {
  /** All went well. */
  static final int CLEAN = 0;

  /** Something broke: damaged data, a failing disk, a bug. */
  static final int FAULT = 1;

  /** Bad usage or configuration: the operator can put it right. */
  static final int USAGE = 2;

  /** A tool did not reach the cluster, or the cluster cannot answer now. */
  static final int NO_ANSWER = 3;

  private Exit() {}
}
