package dev.flotilla.server;

/** A call that was accepted and is to be answered. */
interface TrackedCall {
  /** Event loop: answers if the deadline has passed. */
  void checkDeadline(long nowNanos);
}
