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
  private static final String STUB = "not yet";

  /**
   * Starts a replica from what {@code storage} holds.
   *
   * @throws AssertionError if the stored state contradicts the stored log
   */
  public RawNode(RaftConfig config, RaftStorage storage) {
    throw new UnsupportedOperationException(STUB);
  }

  /** Lets one tick pass; returns whether there may be a {@link Ready}. */
  public boolean tick() {
    throw new UnsupportedOperationException(STUB);
  }

  /** Starts an election now, if this replica may lead. */
  public void campaign() {
    throw new UnsupportedOperationException(STUB);
  }

  /** Proposes one command. {@code OK} does not promise that it commits. */
  public StepResult propose(Payload data) {
    throw new UnsupportedOperationException(STUB);
  }

  /** Proposes one command with bytes that its entry will carry besides. */
  public StepResult propose(Payload data, Payload context) {
    throw new UnsupportedOperationException(STUB);
  }

  /** Proposes commands as consecutive entries, all or none, with one append a peer. */
  public StepResult proposeBatch(List<Payload> batch) {
    throw new UnsupportedOperationException(STUB);
  }

  /**
   * Proposes a change of the membership. It is replaced by an empty entry when another change is
   * not applied yet or it does not fit a joint configuration.
   */
  public StepResult proposeConfChange(ConfChange change, Payload context) {
    throw new UnsupportedOperationException(STUB);
  }

  /** Returns why {@link #applyConfChange} would refuse {@code change} now; null if it would not. */
  public @Nullable String confChangeRefusal(ConfChange change) {
    throw new UnsupportedOperationException(STUB);
  }

  /**
   * Puts a committed change into effect. To be called once for each committed conf change entry, in
   * log order, unless the application refuses the change, on all replicas alike.
   *
   * @return the membership from now on, to be stored with the applied index
   * @throws InvalidConfChangeException if the configuration does not allow it; nothing has changed
   */
  public ConfState applyConfChange(ConfChange change) {
    throw new UnsupportedOperationException(STUB);
  }

  /** Handles a message of a peer, or the response of a storage thread. */
  public StepResult step(Message message) {
    throw new UnsupportedOperationException(STUB);
  }

  /**
   * Asks for an index to read at; the answer is a {@link ReadState} with {@code context}. The
   * question is lost without an answer when leadership changes: the caller watches {@link
   * Ready#softState} and asks again.
   */
  public StepResult readIndex(Payload context) {
    throw new UnsupportedOperationException(STUB);
  }

  /** Hands leadership to {@code transferee} as soon as its log is complete (thesis 3.10). */
  public void transferLeader(long transferee) {
    throw new UnsupportedOperationException(STUB);
  }

  /** Makes a follower forget its leader, so that it may grant votes at once. */
  public void forgetLeader() {
    throw new UnsupportedOperationException(STUB);
  }

  /** Sends heartbeats now, if this replica leads; wakes a group that has stopped ticking. */
  public void ping() {
    throw new UnsupportedOperationException(STUB);
  }

  /** Reports that a message to {@code id} was lost. */
  public void reportUnreachable(long id) {
    throw new UnsupportedOperationException(STUB);
  }

  /**
   * Reports what became of a snapshot sent to {@code id}. Every snapshot must be reported, timeouts
   * as failures, or the peer may stay paused for ever.
   */
  public void reportSnapshot(long id, boolean ok) {
    throw new UnsupportedOperationException(STUB);
  }

  /** Changes the election priority: among equal logs a voter refuses candidates below its own. */
  public void setPriority(long priority) {
    throw new UnsupportedOperationException(STUB);
  }

  /** Returns whether {@link #ready} would give something to do. A few comparisons. */
  public boolean hasReady() {
    throw new UnsupportedOperationException(STUB);
  }

  /**
   * Returns what is to be done, and counts it as being done. The next call may come after {@link
   * #advanceAppend} or {@link #advance}; with asynchronous storage writes at any time.
   */
  public Ready ready() {
    throw new UnsupportedOperationException(STUB);
  }

  /** Reports that everything in {@code ready} is durable and applied. */
  public void advance(Ready ready) {
    throw new UnsupportedOperationException(STUB);
  }

  /** Reports that everything in {@code ready} is durable; {@link #advanceApplyTo} is to follow. */
  public void advanceAppend(Ready ready) {
    throw new UnsupportedOperationException(STUB);
  }

  /**
   * Reports that entries up to {@code index} are applied. Needs no order with {@link #ready}.
   *
   * @param index at most the last committed entry handed out; lower than before does nothing
   */
  public void advanceApplyTo(long index) {
    throw new UnsupportedOperationException(STUB);
  }

  /** Returns the peer id of this replica. */
  public long id() {
    throw new UnsupportedOperationException(STUB);
  }

  /** Returns the current term. */
  public long term() {
    throw new UnsupportedOperationException(STUB);
  }

  /** Returns who got this replica's vote in the current term; 0 for nobody. */
  public long vote() {
    throw new UnsupportedOperationException(STUB);
  }

  /** Returns the role. */
  public Role role() {
    throw new UnsupportedOperationException(STUB);
  }

  /** Returns whether this replica leads its term, as far as it knows. */
  public boolean isLeader() {
    return role() == Role.LEADER;
  }

  /** Returns the leader's peer id; 0 when unknown. */
  public long leaderId() {
    throw new UnsupportedOperationException(STUB);
  }

  /** Returns the highest index known to be committed. */
  public long committed() {
    throw new UnsupportedOperationException(STUB);
  }

  /** Returns the index up to which {@link #advanceApplyTo} was called. */
  public long applied() {
    throw new UnsupportedOperationException(STUB);
  }

  /** Returns the first index that can be read. */
  public long firstIndex() {
    throw new UnsupportedOperationException(STUB);
  }

  /** Returns the last index of the log, whether durable or not. */
  public long lastIndex() {
    throw new UnsupportedOperationException(STUB);
  }

  /** Returns the term of the last entry. */
  public long lastTerm() {
    throw new UnsupportedOperationException(STUB);
  }

  /**
   * Returns the term of an entry, or {@link RaftStorage#TERM_COMPACTED} or {@link
   * RaftStorage#TERM_UNAVAILABLE}.
   */
  public long term(long index) {
    throw new UnsupportedOperationException(STUB);
  }

  /**
   * Returns entries {@code [low, high)}, durable or not, cut where their size passes {@code
   * bytesMax} but at least one; null if the first is compacted.
   */
  public @Nullable EntryList entries(long low, long high, long bytesMax) {
    throw new UnsupportedOperationException(STUB);
  }

  /**
   * Returns whether an entry of the current term is committed. Before that a leader's commit index
   * may be behind that of its predecessor and must not serve reads (thesis 6.4).
   */
  public boolean committedToCurrentTerm() {
    throw new UnsupportedOperationException(STUB);
  }

  /** Returns whether this replica leads by a lease that no leader transfer has put in doubt. */
  public boolean inLease() {
    throw new UnsupportedOperationException(STUB);
  }

  /** Returns whether this replica may campaign: a voter without a snapshot to install. */
  public boolean promotable() {
    throw new UnsupportedOperationException(STUB);
  }

  /** Returns the peer that leadership is being handed to; 0 for none. */
  public long leadTransferee() {
    throw new UnsupportedOperationException(STUB);
  }

  /** Returns the index that must be applied before another conf change may be proposed. */
  public long pendingConfIndex() {
    throw new UnsupportedOperationException(STUB);
  }

  /** Returns how many reads wait for a confirmation. */
  public int pendingReadCount() {
    throw new UnsupportedOperationException(STUB);
  }

  /** Returns the membership in effect. */
  public ConfState confState() {
    throw new UnsupportedOperationException(STUB);
  }

  /** Shows what a leader knows of each peer; does nothing on another role. */
  public void forEachProgress(ProgressVisitor visitor) {
    throw new UnsupportedOperationException(STUB);
  }

  /**
   * Returns the state to store as of now. {@link Ready#hardState} tells when it has to be stored.
   */
  public HardState hardState() {
    throw new UnsupportedOperationException(STUB);
  }
}
