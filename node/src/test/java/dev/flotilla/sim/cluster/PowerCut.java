package dev.flotilla.sim.cluster;

/** Thrown through the code of a process that dies at this point. No fault of the code. */
final class PowerCut extends Error {
  private static final long serialVersionUID = 1;

  PowerCut(CrashPoint point) {
    super(point.name(), null, false, false);
  }
}
