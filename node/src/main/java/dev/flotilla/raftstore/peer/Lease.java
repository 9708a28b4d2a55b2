package dev.flotilla.raftstore.peer;

/**
 * Leader lease: until when this peer may answer reads without asking a quorum (raft thesis 6.4.1).
 *
 * <p>Pure: callers pass the time. <b>Renew</b> with the instant taken before the message left, and
 * <b>inspect</b> with an instant read now; both choices can only shorten the lease. All times are
 * nanoseconds of one monotonic clock, so only differences mean anything. Never counted in ticks,
 * which stop while the process is stopped.
 */
final class Lease {
  enum State {
    EXPIRED,
    SUSPECT,
    VALID
  }

  private final long maxNanos;
  private State state = State.EXPIRED;
  private long boundNanos;

  Lease(long maxNanos) {
    this.maxNanos = maxNanos;
  }

  /** Extends the lease by a round sent at {@code sentNanos} and acknowledged by a quorum. */
  void renew(long sentNanos) {
    long bound = sentNanos + maxNanos;
    if (state == State.EXPIRED || bound - boundNanos > 0) {
      boundNanos = bound;
      state = State.VALID;
    }
  }

  /**
   * TimeoutNow is about to be sent: another peer may lead from now on, so local reads stop until
   * something commits that was proposed later.
   */
  void suspend(long nowNanos) {
    state = State.SUSPECT;
    boundNanos = nowNanos + maxNanos;
  }

  void expire() {
    state = State.EXPIRED;
  }

  State inspect(long nowNanos) {
    return state == State.VALID && nowNanos - boundNanos >= 0 ? State.EXPIRED : state;
  }
}
