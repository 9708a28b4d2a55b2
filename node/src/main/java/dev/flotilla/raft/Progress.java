package dev.flotilla.raft;

/**
 * What a leader knows of one peer's log, and how it sends to it.
 *
 * <p>Invariant: match &lt; next; everything up to match is on the peer, everything from next on has
 * not been sent.
 */
final class Progress {
  final long id;
  final Inflights inflights;

  long match;
  long next;
  ProgressState state = ProgressState.PROBE;

  /** Index of the snapshot that the peer is waiting for; 0 for none. */
  long pendingSnapshot;

  /** Whether the peer was heard since the last quorum check. */
  boolean recentActive;

  /** Whether the next append waits for an answer or a heartbeat. */
  boolean flowPaused;

  /** Whether entries were sent as a probe in this heartbeat interval. */
  private boolean probed;

  /** Whether the application wants no appends sent. */
  boolean withheld;

  boolean isLearner;

  /** Index that a snapshot must reach because the peer asked for one; 0 if it did not. */
  long requestedSnapshot;

  /** Highest read round that the peer has confirmed. */
  long readRound;

  /** Highest commit index on its way to the peer. */
  private long sentCommit;

  /** Highest commit index that the peer told in this term. */
  private long committed;

  Progress(long id, long next, boolean isLearner, Inflights inflights) {
    this.id = id;
    this.next = next;
    this.isLearner = isLearner;
    this.inflights = inflights;
  }

  /** Starts over for a new term. */
  void reset(long lastIndex, boolean self) {
    match = self ? lastIndex : 0;
    next = lastIndex + 1;
    sentCommit = 0;
    readRound = 0;
    requestedSnapshot = 0;
    committed = 0;
    recentActive = false;
    withheld = false;
    enter(ProgressState.PROBE);
  }

  private void enter(ProgressState newState) {
    flowPaused = false;
    probed = false;
    pendingSnapshot = 0;
    state = newState;
    inflights.reset();
  }

  /** Turns to probing; what was in flight may be lost. */
  void becomeProbe() {
    // A snapshot that is still pending was delivered; after a failure pendingSnapshot is 0.
    long installed = state == ProgressState.SNAPSHOT ? pendingSnapshot : 0;
    enter(ProgressState.PROBE);
    next = Math.max(match, installed) + 1;
    sentCommit = Math.min(sentCommit, next - 1);
  }

  void becomeReplicate() {
    enter(ProgressState.REPLICATE);
    next = match + 1;
  }

  void becomeSnapshot(long snapshotIndex) {
    enter(ProgressState.SNAPSHOT);
    pendingSnapshot = snapshotIndex;
    next = snapshotIndex + 1;
    sentCommit = snapshotIndex;
  }

  /**
   * Records an append of {@code count} entries from next on.
   *
   * @param joined whether they are in one message with those before them
   */
  void sentEntries(int count, long bytes, boolean joined) {
    if (state == ProgressState.REPLICATE) {
      if (count > 0) {
        next += count;
        if (joined) {
          inflights.extend(next - 1, bytes);
        } else {
          inflights.add(next - 1, bytes);
        }
      }
      // An append sent with a full window is a probe: wait for its answer.
      flowPaused = inflights.isFull();
    } else if (count > 0) {
      flowPaused = true;
      probed = true;
    }
  }

  /** A heartbeat interval begins. */
  void beginInterval() {
    probed = false;
  }

  /**
   * Takes a sign of life: what was sent may have been lost. A probe is sent again once an interval
   * only: a peer that stood still answers all heartbeats of that time at once, and each probe may
   * be as large as a message may be.
   */
  void resume() {
    recentActive = true;
    if (!probed) {
      flowPaused = false;
    }
  }

  /** Returns whether an append with {@code commit} would tell the peer something new. */
  boolean canBumpCommit(long commit) {
    return commit > sentCommit && sentCommit < next - 1;
  }

  void sentCommit(long commit) {
    sentCommit = commit;
  }

  /** The peer tells its commit index. */
  void told(long commit) {
    committed = Math.max(committed, commit);
  }

  /** Returns the commit index that the peer told; 0 for none. */
  long committed() {
    return committed;
  }

  /** Takes an acknowledgement; returns whether it was news. */
  boolean maybeUpdate(long index) {
    if (index >= requestedSnapshot) {
      // While it waits for a snapshot a peer acknowledges nothing else.
      requestedSnapshot = 0;
    }
    if (index <= match) {
      return false;
    }
    match = index;
    next = Math.max(next, index + 1);
    flowPaused = false;
    return true;
  }

  /**
   * Takes a rejection of the append after {@code rejected}; returns false if it is stale.
   *
   * @param matchHint highest index at which the logs may agree
   */
  boolean maybeDecrease(long rejected, long matchHint) {
    if (state == ProgressState.REPLICATE) {
      if (rejected <= match) {
        return false;
      }
      next = match + 1;
    } else {
      // A probe asks about next - 1 only; any other answer is to an older question.
      if (next - 1 != rejected) {
        return false;
      }
      // Reordered answers must not push next to what is known to match.
      next = Math.max(Math.min(rejected, matchHint + 1), match + 1);
      flowPaused = false;
    }
    sentCommit = Math.min(sentCommit, next - 1);
    return true;
  }

  /**
   * Takes a request of a snapshot that reaches {@code index}.
   *
   * @param rejected commit index of the peer when it asked
   * @return false if it asked before it acknowledged what is known to match
   */
  boolean request(long rejected, long index) {
    if (index < match || (state == ProgressState.REPLICATE && rejected < match)) {
      return false;
    }
    if (state == ProgressState.REPLICATE) {
      becomeProbe();
    }
    requestedSnapshot = Math.max(requestedSnapshot, index);
    flowPaused = false;
    return true;
  }

  boolean isPaused() {
    return withheld
        || switch (state) {
          case PROBE -> flowPaused;
          case REPLICATE -> flowPaused && inflights.isFull();
          case SNAPSHOT -> true;
        };
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        switch (state) {
          case PROBE -> "StateProbe";
          case REPLICATE -> "StateReplicate";
          case SNAPSHOT -> "StateSnapshot";
        });
    text.append(" match=").append(match).append(" next=").append(next);
    if (isLearner) {
      text.append(" learner");
    }
    if (isPaused()) {
      text.append(" paused");
    }
    if (pendingSnapshot > 0) {
      text.append(" pendingSnap=").append(pendingSnapshot);
    }
    if (!recentActive) {
      text.append(" inactive");
    }
    if (inflights.count() > 0) {
      text.append(" inflight=").append(inflights.count());
      if (inflights.isFull()) {
        text.append("[full]");
      }
    }
    return text.toString();
  }
}
