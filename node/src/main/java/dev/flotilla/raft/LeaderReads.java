package dev.flotilla.raft;

import java.util.ArrayList;
import java.util.List;

/** Answers read index requests: at once, after a round of heartbeats, or after the first commit. */
final class LeaderReads {
  private final RaftConfig config;
  private final RaftLog log;
  private final ProgressTracker tracker;
  private final Outbox outbox;
  private final Replicator replicator;
  private final ReadQueue queue;

  /** Answers to reads of this replica. */
  private final List<ReadState> states = new ArrayList<>(0);

  LeaderReads(
      RaftConfig config,
      RaftLog log,
      ProgressTracker tracker,
      Outbox outbox,
      Replicator replicator) {
    this.config = config;
    this.log = log;
    this.tracker = tracker;
    this.outbox = outbox;
    this.replicator = replicator;
    queue = new ReadQueue(config.pendingReadsMax());
  }

  int pending() {
    return queue.size();
  }

  /**
   * Takes a read of a leader.
   *
   * @param from who asks; 0 for this replica
   * @param committedInTerm whether an entry of the current term is committed
   * @param leased whether the leader's lease may be trusted
   */
  StepResult read(long from, Payload context, boolean committedInTerm, boolean leased) {
    if (queue.isFull()) {
      return StepResult.READ_DROPPED;
    }
    if (committedInTerm) {
      confirm(from, context, leased);
    } else {
      // The predecessor may have committed and answered more than we know to be committed, even if
      // we are the only voter by now: a restart may have lost the last commit index.
      queue.addEarly(from, context);
    }
    return StepResult.OK;
  }

  /** The commit index has moved in the current term: early reads have an index now. */
  void onCommitInTerm(boolean leased) {
    for (ReadQueue.Read read = queue.pollEarly(); read != null; read = queue.pollEarly()) {
      confirm(read.from(), read.context(), leased);
    }
  }

  private boolean answersAtOnce(boolean leased) {
    return tracker.isSoleVoter() || (leased && config.readOnly() == ReadOnlyOption.LEASE_BASED);
  }

  private void confirm(long from, Payload context, boolean leased) {
    if (answersAtOnce(leased)) {
      answer(log.committed(), from, context);
    } else if (queue.add(log.committed(), from, context)) {
      sendHeartbeats();
    }
  }

  /** Sends heartbeats, which carry the last round while any read waits. */
  void sendHeartbeats() {
    replicator.broadcastHeartbeat(queue.heartbeatContext());
  }

  /** Answers the reads that a quorum of the present configuration has confirmed. */
  void answerConfirmed() {
    if (queue.hasWaiting()) {
      long confirmed = tracker.confirmedRound(queue.lastRound());
      ReadQueue.Read read = queue.pollConfirmed(confirmed);
      while (read != null) {
        answer(read.index(), read.from(), read.context());
        read = queue.pollConfirmed(confirmed);
      }
    }
  }

  private void answer(long index, long from, Payload context) {
    if (from == 0 || from == config.id()) {
      answered(index, context);
    } else {
      Message answer = new Message(MsgType.READ_INDEX_RESPONSE, from);
      answer.index = index;
      answer.entries = EntryList.of(Entry.normal(0, 0, context));
      outbox.send(answer);
    }
  }

  /** A read of this replica may be served at {@code index}. */
  void answered(long index, Payload context) {
    states.add(new ReadState(index, context));
  }

  boolean hasStates() {
    return !states.isEmpty();
  }

  /** Returns the answers to reads of this replica, once. */
  List<ReadState> takeStates() {
    if (states.isEmpty()) {
      return List.of();
    }
    List<ReadState> taken = List.copyOf(states);
    states.clear();
    return taken;
  }

  /** Messages have left: heartbeats of the last round are on their way. */
  void onMessagesLeft() {
    queue.onMessagesLeft();
  }

  /** Leadership or term are gone; reads that wait are lost. */
  void clear() {
    queue.clear();
  }
}
