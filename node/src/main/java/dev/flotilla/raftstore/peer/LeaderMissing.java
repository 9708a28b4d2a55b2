package dev.flotilla.raftstore.peer;

/** How long a replica has known no leader. Invariant: it is due at most once a period. */
final class LeaderMissing {
  private final long periodNanos;
  private boolean missing;
  private long sinceNanos;

  LeaderMissing(long periodNanos, long nowNanos) {
    this.periodNanos = periodNanos;
    this.missing = true;
    this.sinceNanos = nowNanos;
  }

  /**
   * Takes a look.
   *
   * @param hasLeader whether a leader is known; counts only for a replica that has data, as one
   *     without makes no progress under any leader before its snapshot comes
   * @return whether the leader has been missing for a period, so that someone should be asked
   */
  boolean check(boolean hasLeader, boolean initialized, long nowNanos) {
    if (hasLeader && initialized) {
      missing = false;
      return false;
    }
    if (!missing) {
      missing = true;
      sinceNanos = nowNanos;
    }
    if (nowNanos - sinceNanos < periodNanos) {
      return false;
    }
    sinceNanos = nowNanos;
    return true;
  }
}
