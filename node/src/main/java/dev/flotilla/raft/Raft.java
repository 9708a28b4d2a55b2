package dev.flotilla.raft;

import org.jspecify.annotations.Nullable;

/**
 * The state machine of one replica: terms, roles, elections, and who may do what in which role.
 *
 * <p>Chapters 3, 4, 6 and 9 of the thesis. Where several readings are possible this does as etcd
 * does.
 */
final class Raft {
  /** How an election comes about. */
  private enum Campaign {
    /** Asks first, in the term that it would have. */
    PRE_ELECTION,
    ELECTION,
    /** By order of the leader: no question first, and voters must not honour its lease. */
    TRANSFER
  }

  final RaftConfig config;
  final RaftLog log;
  final ProgressTracker tracker;
  final Outbox outbox;
  final LeaderReads reads;
  final Proposals proposals;
  private final Replicator replicator;
  final LeaderTransfer transfer;
  private final VoteMessages votes;
  private final FollowerLog follower;
  private final LeaderCommit commits;
  private final RaftTrace trace;

  // [persistent], with the commit index of the log.
  long term;
  long vote;

  // [volatile]
  Role role = Role.FOLLOWER;
  long leader;
  long priority;

  /** Drawn anew with each term and role; election ticks at least. */
  int electionTimeout;

  private int electionElapsed;
  private int heartbeatElapsed;

  // [volatile], of a leader only.
  /** Index of the first entry of this leadership. */
  private long termStart;

  Raft(RaftConfig config, RaftStorage storage) {
    this.config = config;
    trace = new RaftTrace(config.id(), config.logger());
    log = new RaftLog(storage, config.committedBytesMax(), new LogTrace(config.logger()));
    tracker =
        new ProgressTracker(config.id(), config.inflightMessagesMax(), config.inflightBytesMax());
    outbox = new Outbox(config.id(), config.skipBcastCommit(), config.asyncStorageWrites());
    replicator = new Replicator(config, log, tracker, outbox);
    reads = new LeaderReads(config, log, tracker, outbox, replicator);
    transfer = new LeaderTransfer(config, log, outbox, replicator, trace);
    votes = new VoteMessages(config, log, tracker, outbox, trace);
    follower = new FollowerLog(config, log, outbox, trace);
    proposals = new Proposals(config, log, tracker, outbox, replicator, transfer, trace);
    commits =
        new LeaderCommit(config, log, tracker, outbox, replicator, proposals, transfer, reads);
    priority = config.priority();

    InitialState initial = storage.initialState();
    ConfChanger.checkConsistent(initial.confState());
    switchConfig(initial.confState(), IdSet.EMPTY);
    HardState stored = initial.hardState();
    if (!stored.isEmpty()) {
      log.loadCommit(stored.commit());
      vote = stored.vote();
    }
    if (config.applied() > 0) {
      log.appliedTo(config.applied(), 0);
    }
    // Not through reset's change of term, which would forget the stored vote.
    term = stored.term();
    outbox.term = term;
    becomeFollower(term, 0);
    trace.started(tracker.config().voters(), term, log);
  }

  HardState hardState() {
    return new HardState(term, vote, log.committed());
  }

  boolean isLeader() {
    return role == Role.LEADER;
  }

  /** Returns whether this replica may become leader. */
  boolean promotable() {
    Progress self = tracker.self();
    return self != null
        && !self.isLearner
        && log.unstable().snapshot() == null
        && !follower.isAwaiting();
  }

  boolean committedToCurrentTerm() {
    return isLeader() ? log.committed() >= termStart : log.matches(term, log.committed());
  }

  /** Returns whether requests for votes mean nothing yet, for a leader was heard of (4.2.3). */
  boolean honoursLeader() {
    return config.checkQuorum() && leader != 0 && electionElapsed < config.electionTicks();
  }

  boolean inLease() {
    return isLeader() && config.checkQuorum() && !transfer.isLeaseSuspect();
  }

  // Time.

  void tick() {
    log.forgetRecent();
    electionElapsed++;
    if (isLeader()) {
      tickLeader();
    } else if (electionElapsed >= electionTimeout && promotable()) {
      electionElapsed = 0;
      campaign();
    }
  }

  private void tickLeader() {
    heartbeatElapsed++;
    if (electionElapsed >= config.electionTicks()) {
      electionElapsed = 0;
      if (config.checkQuorum()) {
        checkQuorum();
      }
      // The transferee had its time: take proposals again.
      transfer.abort();
      leaveJoint(log.applied());
    }
    if (isLeader() && heartbeatElapsed >= config.heartbeatTicks()) {
      heartbeatElapsed = 0;
      replicator.beginInterval();
      sendHeartbeats();
    }
  }

  private void checkQuorum() {
    if (!tracker.isQuorumActive()) {
      trace.quorumLost();
      becomeFollower(term, 0);
    }
    tracker.clearActive();
  }

  void sendHeartbeats() {
    reads.sendHeartbeats();
  }

  // Roles.

  private void reset(long newTerm) {
    if (term != newTerm) {
      term = newTerm;
      vote = 0;
      outbox.term = newTerm;
      follower.onTermEnded();
    }
    leader = 0;
    electionElapsed = 0;
    heartbeatElapsed = 0;
    electionTimeout = config.drawElectionTimeout(term);
    transfer.reset();
    proposals.reset();
    tracker.reset(log.lastIndex());
    reads.clear();
  }

  void becomeFollower(long newTerm, long newLeader) {
    reset(newTerm);
    role = Role.FOLLOWER;
    leader = newLeader;
    trace.became(role, term);
  }

  private void becomeCandidate() {
    Invariants.check(!isLeader(), "a leader cannot stand for election");
    reset(term + 1);
    role = Role.CANDIDATE;
    vote = config.id();
    trace.became(role, term);
  }

  private void becomePreCandidate() {
    Invariants.check(!isLeader(), "a leader cannot stand for election");
    // No reset: nothing but the role may change before the election proper. The leader goes, or
    // this replica would refuse others in the name of one that it no longer hears.
    tracker.resetVotes();
    leader = 0;
    role = Role.PRE_CANDIDATE;
    trace.became(role, term);
  }

  private void becomeLeader() {
    Invariants.check(role != Role.FOLLOWER, "a follower cannot become leader");
    Progress self = tracker.self();
    Invariants.check(self != null, "a leader is a member");
    reset(term);
    role = Role.LEADER;
    leader = config.id();
    if (self != null) {
      self.becomeReplicate();
      self.recentActive = true;
    }
    // There may be an unapplied conf change anywhere in the tail: wait for all of it to be applied.
    proposals.raisePendingConfIndex(log.lastIndex());
    termStart = log.lastIndex() + 1;
    proposals.append(EntryType.NORMAL, Payload.EMPTY, Payload.EMPTY);
    outbox.ackSelf(log.lastIndex());
    trace.became(role, term);
  }

  // Elections.

  /** Starts an election if this replica may lead. */
  void campaign() {
    startElection(config.preVote() ? Campaign.PRE_ELECTION : Campaign.ELECTION);
  }

  private void startElection(Campaign kind) {
    if (isLeader()) {
      trace.alreadyLeader();
    } else if (!promotable()) {
      trace.unpromotable();
    } else if (log.hasConfChange(
        log.applied() + 1, log.committed() + 1, config.committedBytesMax())) {
      // Quorums of a configuration and of the next but one need not overlap.
      trace.unappliedConfChange(term);
    } else {
      trace.startsElection(term);
      askForVotes(kind);
    }
  }

  private void askForVotes(Campaign kind) {
    boolean pre = kind == Campaign.PRE_ELECTION;
    if (pre) {
      becomePreCandidate();
    } else {
      becomeCandidate();
    }
    votes.request(pre, kind == Campaign.TRANSFER, priority);
  }

  private void onVoteRequest(Message m) {
    boolean pre = m.type == MsgType.PRE_VOTE;
    boolean mayVote =
        vote == m.from // asked again
            || (vote == 0 && leader == 0)
            || (pre && m.term > term);
    // Learners vote too: a candidate may know of a promotion that they have not applied yet.
    boolean grants =
        mayVote
            && log.isUpToDate(m.logTerm, m.index)
            && (m.index > log.lastIndex() || priority <= m.priority());
    trace.answersVote(log, vote, grants, m, term);
    votes.answer(m, grants);
    if (!grants) {
      commitByVote(m);
    }
    if (grants && !pre) {
      electionElapsed = 0;
      vote = m.from;
    }
  }

  private void onVoteResponse(Message m) {
    trace.gotVote(m.from, m.type, !m.reject(), term);
    tracker.recordVote(m.from, !m.reject());
    trace.votes(m.type, tracker);
    switch (tracker.voteResult()) {
      case WON -> {
        if (role == Role.PRE_CANDIDATE) {
          askForVotes(Campaign.ELECTION);
        } else {
          becomeLeader();
          replicator.broadcastAppend();
        }
      }
      case LOST -> becomeFollower(term, 0);
      case PENDING -> {}
    }
    if (m.reject()) {
      commitByVote(m);
    }
  }

  /**
   * Takes the commit index that a vote tells. Two sets of voters that do not know of a committed
   * change might otherwise refuse each other for ever.
   */
  private void commitByVote(Message m) {
    long before = log.committed();
    if (m.commitTerm() == 0 || m.commit <= before || isLeader()) {
      return;
    }
    if (log.matches(m.commitTerm(), m.commit)) {
      log.commitTo(m.commit);
      boolean asks = role != Role.FOLLOWER;
      if (asks && log.hasConfChange(before + 1, m.commit + 1, config.committedBytesMax())) {
        // It asks the voters of a configuration that is no longer the last committed.
        becomeFollower(term, 0);
      }
    }
  }

  // Messages.

  /** Handles a message; of local types only those of the storage threads. */
  StepResult step(Message m) {
    if (m.term > term) {
      if (!adoptTerm(m)) {
        return StepResult.OK;
      }
    } else if (m.term != 0 && m.term < term) {
      onLowerTerm(m);
      return StepResult.OK;
    }
    switch (m.type) {
      case VOTE, PRE_VOTE -> onVoteRequest(m);
      case STORAGE_APPEND_RESPONSE -> onAppendStable(m.term, m.logTerm, m.index, m.snapshot());
      case STORAGE_APPLY_RESPONSE -> onApplyResponse(m.entries);
      default -> {
        return switch (role) {
          case LEADER -> stepLeader(m);
          case FOLLOWER -> stepFollower(m);
          case CANDIDATE, PRE_CANDIDATE -> stepCandidate(m);
        };
      }
    }
    return StepResult.OK;
  }

  /** Handles a higher term; returns whether the message is to be handled further. */
  private boolean adoptTerm(Message m) {
    if (m.type == MsgType.VOTE || m.type == MsgType.PRE_VOTE) {
      boolean forced = VoteMessages.isByTransfer(m);
      if (honoursLeader() && !forced) {
        // Thesis 4.2.3: who hears a leader does not help to depose it.
        int ticksLeft = config.electionTicks() - electionElapsed;
        trace.ignoresVoteInLease(log, vote, m, term, ticksLeft);
        return false;
      }
    }
    // Neither a question about a future term nor a yes to our own is a reason to move there.
    boolean hypothetical =
        m.type == MsgType.PRE_VOTE || (m.type == MsgType.PRE_VOTE_RESPONSE && !m.reject());
    if (!hypothetical) {
      trace.higherTerm(m, term);
      boolean fromLeader =
          m.type == MsgType.APPEND || m.type == MsgType.HEARTBEAT || m.type == MsgType.SNAPSHOT;
      becomeFollower(m.term, fromLeader ? m.from : 0);
    }
    return true;
  }

  private void onLowerTerm(Message m) {
    boolean fromOldLeader = m.type == MsgType.HEARTBEAT || m.type == MsgType.APPEND;
    if (fromOldLeader && (config.checkQuorum() || config.preVote())) {
      // With leases or pre-votes a replica of higher term could not make itself heard otherwise:
      // this deposes the old leader, and the group moves on to a term that includes us.
      outbox.send(new Message(MsgType.APPEND_RESPONSE, m.from));
    } else if (m.type == MsgType.PRE_VOTE) {
      // Silence would leave two candidates, one with the term and one with the log, waiting.
      trace.answersVote(log, vote, false, m, term);
      Message refusal = new Message(MsgType.PRE_VOTE_RESPONSE, m.from);
      refusal.reject(0);
      outbox.send(refusal);
    } else if (m.type == MsgType.STORAGE_APPEND_RESPONSE) {
      onAppendStable(m.term, m.logTerm, m.index, m.snapshot());
    } else {
      trace.lowerTerm(m, term);
    }
  }

  private StepResult stepLeader(Message m) {
    switch (m.type) {
      case PROPOSE -> {
        return proposals.propose(m.entries);
      }
      case READ_INDEX -> {
        return reads.read(m.from, contextOf(m), committedToCurrentTerm(), inLease());
      }
      case APPEND_RESPONSE, HEARTBEAT_RESPONSE, TRANSFER_LEADER -> {
        Progress peer = tracker.find(m.from);
        if (peer == null) {
          trace.notAMember(m.from);
        } else if (m.type == MsgType.APPEND_RESPONSE) {
          onAppendResponse(peer, m);
        } else if (m.type == MsgType.HEARTBEAT_RESPONSE) {
          peer.told(m.commit);
          replicator.onHeartbeatResponse(peer);
          peer.readRound = Math.max(peer.readRound, ReadQueue.decode(m.context()));
          reads.answerConfirmed();
        } else if (transfer.begin(peer)) {
          // It has to succeed within an election timeout.
          electionElapsed = 0;
        }
      }
      default -> {}
    }
    return StepResult.OK;
  }

  private StepResult stepCandidate(Message m) {
    switch (m.type) {
      case PROPOSE -> {
        trace.dropsWithoutLeader("proposal", term);
        return StepResult.PROPOSAL_DROPPED;
      }
      case READ_INDEX -> {
        return StepResult.READ_DROPPED;
      }
      case APPEND, HEARTBEAT, SNAPSHOT -> {
        // Same term, so the sender won this election.
        becomeFollower(m.term, m.from);
        return stepFollower(m);
      }
      case VOTE_RESPONSE, PRE_VOTE_RESPONSE -> {
        // A late pre-vote, one's own too, is no vote.
        if ((m.type == MsgType.PRE_VOTE_RESPONSE) == (role == Role.PRE_CANDIDATE)) {
          onVoteResponse(m);
        }
      }
      case TIMEOUT_NOW -> trace.ignoresTimeoutNow(m.from, role, term);
      default -> {}
    }
    return StepResult.OK;
  }

  private StepResult stepFollower(Message m) {
    switch (m.type) {
      case PROPOSE -> {
        return forwardProposal(m);
      }
      case READ_INDEX -> {
        if (leader == 0) {
          trace.dropsWithoutLeader("index reading msg", term);
          return StepResult.READ_DROPPED;
        }
        outbox.sendWithoutTerm(forward(m));
      }
      case READ_INDEX_RESPONSE -> reads.answered(m.index, contextOf(m));
      case APPEND, HEARTBEAT, SNAPSHOT -> {
        electionElapsed = 0;
        leader = m.from;
        switch (m.type) {
          case APPEND -> follower.onAppend(m);
          case HEARTBEAT -> follower.onHeartbeat(m);
          default -> onSnapshot(m);
        }
      }
      case TRANSFER_LEADER -> {
        if (leader == 0) {
          trace.dropsWithoutLeader("leader transfer msg", term);
        } else {
          outbox.send(forward(m));
        }
      }
      case FORGET_LEADER -> forgetLeader();
      case TIMEOUT_NOW -> {
        trace.gotTimeoutNow(m.from, term);
        startElection(Campaign.TRANSFER);
      }
      default -> {}
    }
    return StepResult.OK;
  }

  /** Returns a copy for the leader: messages that came in are not ours to change. */
  private Message forward(Message m) {
    Message copy = new Message(m.type, leader);
    copy.from = m.from;
    copy.entries = m.entries;
    copy.context(m.context());
    return copy;
  }

  private static Payload contextOf(Message m) {
    return m.entries.isEmpty() ? m.context() : m.entries.first().data();
  }

  private void forgetLeader() {
    if (config.readOnly() == ReadOnlyOption.LEASE_BASED) {
      trace.refusesToForget();
    } else if (leader != 0) {
      trace.forgetsLeader(leader, term);
      leader = 0;
    }
  }

  // Snapshots.

  /** Asks the leader for a snapshot of at least the whole log; returns whether it was asked. */
  boolean requestSnapshot() {
    return role == Role.FOLLOWER && leader != 0 && follower.requestSnapshot(leader);
  }

  /** The state that the log begins with is lost; see {@link RawNode#awaitSnapshot}. */
  void awaitSnapshot() {
    follower.awaitSnapshot();
  }

  private void onSnapshot(Message m) {
    Snapshot carried = m.snapshot();
    Snapshot snapshot = carried == null ? Snapshot.EMPTY : carried;
    boolean restored = restore(snapshot);
    trace.snapshot(
        log.committed(), null, restored ? "restored snapshot" : "ignored snapshot", snapshot);
    if (restored) {
      follower.answer(m.from, log.lastIndex());
    } else {
      follower.onSnapshotIgnored(m);
    }
  }

  private boolean restore(Snapshot snapshot) {
    if (!follower.replacesLog(snapshot)) {
      return false;
    }
    log.restore(snapshot);
    follower.onRestored();
    ConfState members = snapshot.meta().confState();
    ConfChanger.checkConsistent(members);
    switchConfig(members, IdSet.EMPTY);
    trace.snapshot(log.committed(), log, "restored snapshot", snapshot);
    return true;
  }

  // Proposals.

  private StepResult forwardProposal(Message m) {
    if (leader == 0) {
      trace.dropsWithoutLeader("proposal", term);
      return StepResult.PROPOSAL_DROPPED;
    }
    if (!config.proposalForwarding()) {
      trace.dropsUnforwarded(leader, term);
      return StepResult.PROPOSAL_DROPPED;
    }
    outbox.sendWithoutTerm(forward(m));
    return StepResult.OK;
  }

  // Commit and apply.

  private void onAppendResponse(Progress peer, Message m) {
    if (peer.id == config.id()) {
      commits.onOwnAck(peer, m.index);
    } else {
      commits.onAppendResponse(peer, m);
    }
  }

  /** What this replica appended as leader of {@code issueTerm} is durable up to {@code index}. */
  void onOwnAck(long issueTerm, long index) {
    Progress self = tracker.self();
    if (isLeader() && issueTerm == term && self != null) {
      commits.onOwnAck(self, index);
    }
  }

  /**
   * A write begun in {@code issueTerm} is durable.
   *
   * @param index last index of the log when it began; 0 if there was nothing to write
   */
  void onAppendStable(long issueTerm, long logTerm, long index, @Nullable Snapshot snapshot) {
    if (index != 0) {
      if (issueTerm < term) {
        // A leader since may have overwritten the slot and put the same term there again.
        trace.oldWrite(term, issueTerm);
      } else {
        log.unstable().stableTo(logTerm, index);
      }
    }
    if (snapshot != null) {
      log.unstable().stableSnapshotTo(snapshot.index());
      onApplied(snapshot.index(), 0, 0);
    }
  }

  private void onApplyResponse(EntryList entries) {
    if (!entries.isEmpty()) {
      onApplied(entries.last().index(), entries.encodedSize(), ownPayload(entries));
    }
  }

  /** Returns the payload bytes of entries of the current term, which alone count as uncommitted. */
  long ownPayload(EntryList entries) {
    long bytes = 0;
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      bytes += entry.term() == term ? entry.payloadSize() : 0;
    }
    return bytes;
  }

  /**
   * Entries up to {@code index} are applied.
   *
   * @param bytes their encoded bytes, as counted when they were handed out
   * @param payloadBytes their payload bytes
   */
  void onApplied(long index, long bytes, long payloadBytes) {
    long applied = Math.max(index, log.applied());
    log.appliedTo(applied, bytes);
    if (index >= termStart) {
      proposals.onApplied(payloadBytes);
    }
    leaveJoint(applied);
  }

  /** Proposes to leave a joint configuration, once the entry that entered it is applied. */
  private void leaveJoint(long applied) {
    if (isLeader() && tracker.config().autoLeave() && applied >= proposals.pendingConfIndex()) {
      Entry leave = new Entry(0, 0, EntryType.CONF_CHANGE_V2, Payload.EMPTY, Payload.EMPTY);
      // Refused during a leader transfer, whose end tries again, here or elsewhere.
      StepResult result = proposals.propose(EntryList.of(leave));
      trace.autoLeave(tracker.config(), result == StepResult.OK);
    }
  }

  // Membership.

  ConfState applyConfChange(ConfChange change) {
    ConfState next = ConfChanger.apply(tracker.config(), change);
    ConfState found =
        change.entersJoint() ? ConfChanger.joined(tracker.config(), false) : tracker.config();
    switchConfig(next, ConfChanger.dropped(found, change.changes()));
    return next;
  }

  private void switchConfig(ConfState next, IdSet dropped) {
    tracker.install(next, dropped, log.lastIndex());
    trace.switchedConfig(next);
    if (!isLeader()) {
      return;
    }
    Progress self = tracker.self();
    if (self == null || self.isLearner) {
      // Removed or demoted; it may stay to see the change through (thesis 4.2.2).
      if (config.stepDownOnRemoval()) {
        becomeFollower(term, 0);
      }
      return;
    }
    if (commits.maybeCommit()) {
      replicator.broadcastAppend();
    } else {
      replicator.probeAll();
    }
    if (!tracker.isVoter(transfer.transferee())) {
      transfer.abort();
    }
    // The confirmations at hand may be a quorum of the new configuration.
    reads.answerConfirmed();
  }

  // Reports.

  void reportUnreachable(long id) {
    Progress peer = reported(id);
    if (peer != null) {
      replicator.onUnreachable(peer);
    }
  }

  void withholdAppends(long id, boolean withheld) {
    Progress peer = reported(id);
    if (peer == null) {
      return;
    }
    peer.withheld = withheld;
    if (!withheld && peer.state == ProgressState.REPLICATE) {
      // What was sent last may never have left: what follows it would be refused.
      peer.becomeProbe();
    }
  }

  void reportSnapshot(long id, boolean failed) {
    Progress peer = reported(id);
    if (peer != null) {
      replicator.onSnapshotStatus(peer, failed);
    }
  }

  private @Nullable Progress reported(long id) {
    Progress peer = isLeader() ? tracker.find(id) : null;
    if (isLeader() && peer == null) {
      trace.notAMember(id);
    }
    return peer;
  }
}
