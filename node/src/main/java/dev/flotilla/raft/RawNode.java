package dev.flotilla.raft;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One replica of one raft group, to be driven by its owner. Not thread-safe: one caller at a time.
 *
 * <p>The owner calls {@link #tick} at a steady pace, {@link #step} for each message that arrives,
 * {@link #propose} for commands, and whenever {@link #hasReady} does what {@link Ready} says.
 *
 * <p>Broken invariants (a commit index beyond the log, a conflict below the commit index) throw
 * {@link AssertionError}: the replica must not go on.
 */
public final class RawNode {
  private final Raft raft;
  private final ReadyCycle cycle;

  /**
   * Starts a replica from what {@code storage} holds.
   *
   * @throws AssertionError if the stored state contradicts the stored log
   */
  public RawNode(RaftConfig config, RaftStorage storage) {
    raft = new Raft(config, storage);
    cycle = new ReadyCycle(raft);
  }

  /** Lets one tick pass; returns whether there may be a {@link Ready}. */
  public boolean tick() {
    raft.tick();
    return hasReady();
  }

  /** Starts an election now, if this replica may lead. */
  public void campaign() {
    raft.campaign();
  }

  /** Proposes one command. {@code OK} does not promise that it commits. */
  public StepResult propose(Payload data) {
    return propose(data, Payload.EMPTY);
  }

  /** Proposes one command with bytes that its entry will carry besides. */
  public StepResult propose(Payload data, Payload context) {
    if (!raft.isLeader()) {
      return proposeElsewhere(EntryList.of(new Entry(0, 0, EntryType.NORMAL, data, context)));
    }
    if (raft.proposals.refusesAll() || raft.proposals.exceedsLimit(data.length())) {
      return StepResult.PROPOSAL_DROPPED;
    }
    raft.proposals.append(EntryType.NORMAL, data, context);
    raft.proposals.finish(data.length());
    return StepResult.OK;
  }

  /** Proposes commands as consecutive entries, all or none, with one append a peer. */
  public StepResult proposeBatch(List<Payload> batch) {
    if (batch.isEmpty()) {
      return StepResult.OK;
    }
    if (!raft.isLeader()) {
      EntryBuffer entries = new EntryBuffer(batch.size());
      for (int i = 0; i < batch.size(); i++) {
        entries.add(Entry.normal(0, 0, batch.get(i)));
      }
      return proposeElsewhere(entries.drain());
    }
    long bytes = 0;
    for (int i = 0; i < batch.size(); i++) {
      bytes += batch.get(i).length();
    }
    if (raft.proposals.refusesAll() || raft.proposals.exceedsLimit(bytes)) {
      return StepResult.PROPOSAL_DROPPED;
    }
    for (int i = 0; i < batch.size(); i++) {
      raft.proposals.append(EntryType.NORMAL, batch.get(i), Payload.EMPTY);
    }
    raft.proposals.finish(bytes);
    return StepResult.OK;
  }

  private StepResult proposeElsewhere(EntryList entries) {
    Message message = new Message(MsgType.PROPOSE, 0);
    message.from = id();
    message.entries = entries;
    return raft.step(message);
  }

  /**
   * Proposes a change of the membership. It is replaced by an empty entry when another change is
   * not applied yet or it does not fit a joint configuration.
   */
  public StepResult proposeConfChange(ConfChange change, Payload context) {
    Payload data = raft.config.codec().encode(change);
    return proposeElsewhere(EntryList.of(new Entry(0, 0, change.entryType(), data, context)));
  }

  /** Returns why {@link #applyConfChange} would refuse {@code change} now; null if it would not. */
  public @Nullable String confChangeRefusal(ConfChange change) {
    try {
      ConfChanger.apply(confState(), change);
      return null;
    } catch (InvalidConfChangeException refused) {
      return refused.getMessage();
    }
  }

  /**
   * Puts a committed change into effect. To be called once for each committed conf change entry, in
   * log order, unless the application refuses the change, on all replicas alike.
   *
   * @return the membership from now on, to be stored with the applied index
   * @throws InvalidConfChangeException if the configuration does not allow it; nothing has changed
   */
  public ConfState applyConfChange(ConfChange change) {
    return raft.applyConfChange(change);
  }

  /** Handles a message of a peer, or the response of a storage thread. */
  public StepResult step(Message message) {
    MsgType type = message.type;
    boolean fromStorage = Message.isStorageThread(message.from);
    if (type.isLocal() && !fromStorage) {
      return StepResult.STEP_LOCAL_MESSAGE;
    }
    if (type.isResponse() && !fromStorage && raft.tracker.find(message.from) == null) {
      return StepResult.STEP_PEER_NOT_FOUND;
    }
    return raft.step(message);
  }

  /**
   * Asks for an index to read at; the answer is a {@link ReadState} with {@code context}. The
   * question is lost without an answer when leadership changes: the caller watches {@link
   * Ready#softState} and asks again.
   */
  public StepResult readIndex(Payload context) {
    Message message = new Message(MsgType.READ_INDEX, 0);
    message.entries = EntryList.of(Entry.normal(0, 0, context));
    return raft.step(message);
  }

  /** Hands leadership to {@code transferee} as soon as its log is complete (thesis 3.10). */
  public void transferLeader(long transferee) {
    Message message = new Message(MsgType.TRANSFER_LEADER, 0);
    message.from = transferee;
    raft.step(message);
  }

  /** Makes a follower forget its leader, so that it may grant votes at once. */
  public void forgetLeader() {
    raft.step(new Message(MsgType.FORGET_LEADER, 0));
  }

  /** Sends heartbeats now, if this replica leads; wakes a group that has stopped ticking. */
  public void ping() {
    if (isLeader()) {
      raft.sendHeartbeats();
    }
  }

  /** Reports that a message to {@code id} was lost. */
  public void reportUnreachable(long id) {
    raft.reportUnreachable(id);
  }

  /**
   * Sends {@code id} no more entries and no snapshot, if this replica leads, for as long as it does
   * or until {@link #resumeAppends}. Heartbeats go on.
   */
  public void pauseAppends(long id) {
    raft.withholdAppends(id, true);
  }

  /** Ends a pause: {@code id} is sent what it lacks with the next heartbeat that it answers. */
  public void resumeAppends(long id) {
    raft.withholdAppends(id, false);
  }

  /**
   * Reports what became of a snapshot sent to {@code id}. Every snapshot must be reported, timeouts
   * as failures, or the peer may stay paused for ever.
   */
  public void reportSnapshot(long id, boolean ok) {
    raft.reportSnapshot(id, !ok);
  }

  /**
   * Asks the leader for a snapshot, to repair a state machine that is damaged; until it arrives no
   * entry is taken. Needs {@link RaftConfig#snapshotRequests} on all replicas. A request is lost
   * with the term.
   *
   * @return whether the leader was asked; not without a leader, on one, while a snapshot or another
   *     request is pending, or when the last entry is of an older term
   */
  public boolean requestSnapshot() {
    return raft.requestSnapshot();
  }

  /**
   * The state machine is lost, and the log has nothing but what it stood for. Until a snapshot has
   * come that reaches as far, of whatever leader, this replica takes and acknowledges no entry and
   * does not stand for election; it votes by the end of its log, as ever. Every leader that is
   * heard is asked for the snapshot; needs {@link RaftConfig#snapshotRequests} there. To be called
   * before anything else.
   */
  public void awaitSnapshot() {
    raft.awaitSnapshot();
  }

  /**
   * Returns the commit index that a leader was last told by {@code id}; 0 if it was not. Needs
   * {@link RaftConfig#commitTracking} on all replicas.
   */
  public long committedOn(long id) {
    Progress peer = raft.tracker.find(id);
    if (peer == null || !isLeader()) {
      return 0;
    }
    return id == id() ? committed() : peer.committed();
  }

  /** Changes the election priority: among equal logs a voter refuses candidates below its own. */
  public void setPriority(long priority) {
    raft.priority = priority;
  }

  /** Returns whether {@link #ready} would give something to do. A few comparisons. */
  public boolean hasReady() {
    return cycle.hasNext();
  }

  /**
   * Returns what is to be done, and counts it as being done. The next call may come after {@link
   * #advanceAppend} or {@link #advance}; with asynchronous storage writes at any time.
   */
  public Ready ready() {
    return cycle.next();
  }

  /** Reports that everything in {@code ready} is durable and applied. */
  public void advance(Ready ready) {
    EntryList page = ready.committedEntries();
    advanceAppend(ready);
    if (!page.isEmpty()) {
      advanceApplyTo(page.last().index());
    }
  }

  /**
   * Reports that everything in {@code ready} is durable; {@link #advanceApplyTo} is to follow. A
   * snapshot in it counts as applied from here on: entries that are handed out later must wait in
   * the application until its data is installed.
   */
  public void advanceAppend(Ready ready) {
    cycle.advanceAppend(ready);
  }

  /**
   * Reports that entries up to {@code index} are applied. Needs no order with {@link #ready}.
   *
   * @param index at most the last committed entry handed out; lower than before does nothing
   */
  public void advanceApplyTo(long index) {
    cycle.advanceApplyTo(index);
  }

  /** Returns the peer id of this replica. */
  public long id() {
    return raft.config.id();
  }

  /** Returns the current term. */
  public long term() {
    return raft.term;
  }

  /** Returns who got this replica's vote in the current term; 0 for nobody. */
  public long vote() {
    return raft.vote;
  }

  /** Returns the role. */
  public Role role() {
    return raft.role;
  }

  /** Returns whether this replica leads its term, as far as it knows. */
  public boolean isLeader() {
    return role() == Role.LEADER;
  }

  /** Returns the leader's peer id; 0 when unknown. */
  public long leaderId() {
    return raft.leader;
  }

  /** Returns the highest index known to be committed. */
  public long committed() {
    return raft.log.committed();
  }

  /** Returns the index up to which {@link #advanceApplyTo} was called. */
  public long applied() {
    return raft.log.applied();
  }

  /** Returns the first index that can be read. */
  public long firstIndex() {
    return raft.log.firstIndex();
  }

  /** Returns the last index of the log, whether durable or not. */
  public long lastIndex() {
    return raft.log.lastIndex();
  }

  /** Returns the term of the last entry. */
  public long lastTerm() {
    return raft.log.lastTerm();
  }

  /**
   * Returns the term of an entry, or {@link RaftStorage#TERM_COMPACTED} or {@link
   * RaftStorage#TERM_UNAVAILABLE}.
   */
  public long term(long index) {
    return raft.log.term(index);
  }

  /**
   * Returns entries {@code [low, high)}, durable or not, cut where their size passes {@code
   * bytesMax} but at least one; null if the first is compacted.
   */
  public @Nullable EntryList entries(long low, long high, long bytesMax) {
    return raft.log.slice(low, high, bytesMax);
  }

  /**
   * Returns whether an entry of the current term is committed. Before that a leader's commit index
   * may be behind that of its predecessor and must not serve reads (thesis 6.4).
   */
  public boolean committedToCurrentTerm() {
    return raft.committedToCurrentTerm();
  }

  /** Returns whether this replica leads by a lease that no leader transfer has put in doubt. */
  public boolean inLease() {
    return raft.inLease();
  }

  /**
   * Returns whether requests for votes are ignored, because a leader was heard of less than an
   * election timeout ago (thesis 4.2.3).
   */
  public boolean honoursLeader() {
    return raft.honoursLeader();
  }

  /** Returns whether this replica may campaign: a voter without a snapshot to install. */
  public boolean promotable() {
    return raft.promotable();
  }

  /** Returns whether a snapshot was received whose installation is not reported yet. */
  public boolean hasPendingSnapshot() {
    return raft.log.unstable().snapshot() != null;
  }

  /** Returns whether no more is handed out to apply until some of it is applied. */
  public boolean isApplyPaused() {
    return raft.log.isApplyPaused();
  }

  /** Returns the peer that leadership is being handed to; 0 for none. */
  public long leadTransferee() {
    return raft.transfer.transferee();
  }

  /** Returns the index that must be applied before another conf change may be proposed. */
  public long pendingConfIndex() {
    return raft.proposals.pendingConfIndex();
  }

  /** Returns how many reads wait for a confirmation. */
  public int pendingReadCount() {
    return raft.reads.pending();
  }

  /** Returns the membership in effect. */
  public ConfState confState() {
    return raft.tracker.config();
  }

  /** Shows what a leader knows of each peer; does nothing on another role. */
  public void forEachProgress(ProgressVisitor visitor) {
    if (!isLeader()) {
      return;
    }
    for (int i = 0; i < raft.tracker.size(); i++) {
      Progress peer = raft.tracker.at(i);
      visitor.onPeer(
          peer.id,
          peer.match,
          peer.next,
          peer.state,
          peer.recentActive,
          peer.pendingSnapshot,
          peer.isLearner);
    }
  }

  /**
   * Returns the state to store as of now. {@link Ready#hardState} tells when it has to be stored.
   */
  public HardState hardState() {
    return raft.hardState();
  }

  /** Returns the algorithm behind, for tests that look inside. */
  Raft raft() {
    return raft;
  }
}
