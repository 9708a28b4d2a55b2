package dev.flotilla.raft;

/**
 * Settings of one replica. Immutable; an instance that exists is valid.
 *
 * <p>{@link #builder(long, ConfChangeCodec, TimeoutSource)} starts from the plain algorithm of the
 * thesis: no pre-vote, no check quorum, no limits.
 */
public final class RaftConfig {
  /** Means "no limit" for a number of bytes. */
  public static final long NO_LIMIT = Long.MAX_VALUE;

  private final long id;
  private final ConfChangeCodec codec;
  private final TimeoutSource timeouts;
  private final RaftLogger logger;
  private final int electionTicks;
  private final int heartbeatTicks;
  private final int electionTicksMin;
  private final int electionTicksMax;
  private final long applied;
  private final long messageBytesMax;
  private final int inflightMessagesMax;
  private final long inflightBytesMax;
  private final long uncommittedBytesMax;
  private final long committedBytesMax;
  private final int pendingReadsMax;
  private final long priority;
  private final boolean preVote;
  private final boolean checkQuorum;
  private final ReadOnlyOption readOnly;
  private final boolean skipBcastCommit;
  private final boolean batchAppend;
  private final boolean commitByVote;
  private final boolean proposalForwarding;
  private final boolean stepDownOnRemoval;
  private final boolean confChangeValidation;
  private final boolean asyncStorageWrites;
  private final boolean snapshotRequests;
  private final boolean commitTracking;

  private RaftConfig(Builder b) {
    id = b.id;
    codec = b.codec;
    timeouts = b.timeouts;
    logger = b.logger;
    electionTicks = b.electionTicks;
    heartbeatTicks = b.heartbeatTicks;
    electionTicksMin = b.electionTicksMin == 0 ? b.electionTicks : b.electionTicksMin;
    electionTicksMax = b.electionTicksMax == 0 ? 2 * b.electionTicks : b.electionTicksMax;
    applied = b.applied;
    messageBytesMax = b.messageBytesMax;
    inflightMessagesMax = b.inflightMessagesMax;
    inflightBytesMax = b.inflightBytesMax;
    uncommittedBytesMax = b.uncommittedBytesMax;
    // A message may be limited to 0 bytes, which is one entry; so is a page of one byte.
    committedBytesMax =
        b.committedBytesMax == 0 ? Math.max(1, b.messageBytesMax) : b.committedBytesMax;
    pendingReadsMax = b.pendingReadsMax;
    priority = b.priority;
    preVote = b.preVote;
    checkQuorum = b.checkQuorum;
    readOnly = b.readOnly;
    skipBcastCommit = b.skipBcastCommit;
    batchAppend = b.batchAppend;
    commitByVote = b.commitByVote;
    proposalForwarding = b.proposalForwarding;
    stepDownOnRemoval = b.stepDownOnRemoval;
    confChangeValidation = b.confChangeValidation;
    asyncStorageWrites = b.asyncStorageWrites;
    snapshotRequests = b.snapshotRequests;
    commitTracking = b.commitTracking;
    RaftConfigRules.check(this);
  }

  /** Starts a configuration of the peer {@code id}. */
  public static Builder builder(long id, ConfChangeCodec codec, TimeoutSource timeouts) {
    return new Builder(id, codec, timeouts);
  }

  /** Returns the id of this peer; never 0. */
  public long id() {
    return id;
  }

  /** Returns the wire form of conf changes. */
  public ConfChangeCodec codec() {
    return codec;
  }

  /** Draws the election timeout, in ticks, of a replica that is in {@code term} from now on. */
  int drawElectionTimeout(long term) {
    return timeouts.draw(term, electionTicksMin, electionTicksMax);
  }

  /** Returns where log lines go. */
  public RaftLogger logger() {
    return logger;
  }

  /** Returns the ticks without a leader before an election; also the length of a lease. */
  public int electionTicks() {
    return electionTicks;
  }

  /** Returns the ticks between heartbeats. */
  public int heartbeatTicks() {
    return heartbeatTicks;
  }

  /** Returns the lowest election timeout drawn. */
  public int electionTicksMin() {
    return electionTicksMin;
  }

  /** Returns one more than the highest election timeout drawn. */
  public int electionTicksMax() {
    return electionTicksMax;
  }

  /** Returns the index up to which the state machine has applied before the start. */
  public long applied() {
    return applied;
  }

  /** Returns the encoded bytes of entries in one append; 0 means one entry each. */
  public long messageBytesMax() {
    return messageBytesMax;
  }

  /** Returns how many appends may be unacknowledged. */
  public int inflightMessagesMax() {
    return inflightMessagesMax;
  }

  /** Returns how many payload bytes may be unacknowledged; the last message may pass it. */
  public long inflightBytesMax() {
    return inflightBytesMax;
  }

  /** Returns the payload bytes of uncommitted proposals above which more are dropped. */
  public long uncommittedBytesMax() {
    return uncommittedBytesMax;
  }

  /** Returns the encoded bytes of entries that may be handed out and not applied yet. */
  public long committedBytesMax() {
    return committedBytesMax;
  }

  /** Returns how many reads may wait for a confirmation; more are dropped. */
  public int pendingReadsMax() {
    return pendingReadsMax;
  }

  /** Returns the election priority. */
  public long priority() {
    return priority;
  }

  /** Returns whether an election is preceded by a question (thesis 9.6). */
  public boolean preVote() {
    return preVote;
  }

  /** Returns whether a leader without a live quorum steps down and followers honour its lease. */
  public boolean checkQuorum() {
    return checkQuorum;
  }

  /** Returns how reads are confirmed. */
  public ReadOnlyOption readOnly() {
    return readOnly;
  }

  /** Returns whether followers learn a new commit index only with the next append or heartbeat. */
  public boolean skipBcastCommit() {
    return skipBcastCommit;
  }

  /** Returns whether entries may join an append to the same peer that has not left yet. */
  public boolean batchAppend() {
    return batchAppend;
  }

  /**
   * Returns whether vote requests and refusals tell the commit index. Without it a group may be
   * unable to elect anyone after a conf change that only a removed or demoted peer knows committed.
   */
  public boolean commitByVote() {
    return commitByVote;
  }

  /** Returns whether a follower passes proposals on to the leader. */
  public boolean proposalForwarding() {
    return proposalForwarding;
  }

  /** Returns whether a leader steps down when a change removes or demotes it. */
  public boolean stepDownOnRemoval() {
    return stepDownOnRemoval;
  }

  /** Returns whether a change proposed at the wrong time is replaced by an empty entry. */
  public boolean confChangeValidation() {
    return confChangeValidation;
  }

  /** Returns whether storage work is handed out as messages instead of through advance. */
  public boolean asyncStorageWrites() {
    return asyncStorageWrites;
  }

  /** Returns whether a follower may ask for a snapshot and a leader sends it. */
  public boolean snapshotRequests() {
    return snapshotRequests;
  }

  /** Returns whether followers tell their commit index with their answers. */
  public boolean commitTracking() {
    return commitTracking;
  }

  /** Collects settings; every setter returns the builder. */
  public static final class Builder {
    private final long id;
    private final ConfChangeCodec codec;
    private final TimeoutSource timeouts;
    private RaftLogger logger = RaftLogger.NONE;
    private int electionTicks = 10;
    private int heartbeatTicks = 1;
    private int electionTicksMin;
    private int electionTicksMax;
    private long applied;
    private long messageBytesMax = NO_LIMIT;
    private int inflightMessagesMax = 256;
    private long inflightBytesMax = NO_LIMIT;
    private long uncommittedBytesMax = NO_LIMIT;
    private long committedBytesMax;
    private int pendingReadsMax = 4096;
    private long priority;
    private boolean preVote;
    private boolean checkQuorum;
    private ReadOnlyOption readOnly = ReadOnlyOption.SAFE;
    private boolean skipBcastCommit;
    private boolean batchAppend;
    private boolean commitByVote;
    private boolean proposalForwarding = true;
    private boolean stepDownOnRemoval;
    private boolean confChangeValidation = true;
    private boolean asyncStorageWrites;
    private boolean snapshotRequests;
    private boolean commitTracking;

    private Builder(long id, ConfChangeCodec codec, TimeoutSource timeouts) {
      this.id = id;
      this.codec = codec;
      this.timeouts = timeouts;
    }

    /** Sets where log lines go. */
    public Builder logger(RaftLogger value) {
      logger = value;
      return this;
    }

    /** Sets the ticks without a leader before an election; default 10. */
    public Builder electionTicks(int value) {
      electionTicks = value;
      return this;
    }

    /** Sets the ticks between heartbeats; default 1. */
    public Builder heartbeatTicks(int value) {
      heartbeatTicks = value;
      return this;
    }

    /** Sets the lowest election timeout drawn; default the election ticks. */
    public Builder electionTicksMin(int value) {
      electionTicksMin = value;
      return this;
    }

    /** Sets one more than the highest timeout drawn; default twice the election ticks. */
    public Builder electionTicksMax(int value) {
      electionTicksMax = value;
      return this;
    }

    /** Sets the index applied before the start; default 0. */
    public Builder applied(long value) {
      applied = value;
      return this;
    }

    /** Sets the bytes of entries in one append; default no limit. */
    public Builder messageBytesMax(long value) {
      messageBytesMax = value;
      return this;
    }

    /** Sets the appends in flight; default 256. */
    public Builder inflightMessagesMax(int value) {
      inflightMessagesMax = value;
      return this;
    }

    /** Sets the payload bytes in flight; default no limit. */
    public Builder inflightBytesMax(long value) {
      inflightBytesMax = value;
      return this;
    }

    /** Sets the payload bytes of uncommitted proposals; default no limit. */
    public Builder uncommittedBytesMax(long value) {
      uncommittedBytesMax = value;
      return this;
    }

    /** Sets the bytes handed out to apply; default that of one message. */
    public Builder committedBytesMax(long value) {
      committedBytesMax = value;
      return this;
    }

    /** Sets the reads that may wait; default 4096. */
    public Builder pendingReadsMax(int value) {
      pendingReadsMax = value;
      return this;
    }

    /** Sets the election priority; default 0. */
    public Builder priority(long value) {
      priority = value;
      return this;
    }

    /** Sets whether to ask before an election; default no. */
    public Builder preVote(boolean value) {
      preVote = value;
      return this;
    }

    /** Sets whether a leader needs a live quorum; default no. */
    public Builder checkQuorum(boolean value) {
      checkQuorum = value;
      return this;
    }

    /** Sets how reads are confirmed; default {@link ReadOnlyOption#SAFE}. */
    public Builder readOnly(ReadOnlyOption value) {
      readOnly = value;
      return this;
    }

    /** Sets whether a commit waits for the next message; default no. */
    public Builder skipBcastCommit(boolean value) {
      skipBcastCommit = value;
      return this;
    }

    /** Sets whether to join unsent appends; default no. */
    public Builder batchAppend(boolean value) {
      batchAppend = value;
      return this;
    }

    /** Sets whether votes tell the commit index; default no. */
    public Builder commitByVote(boolean value) {
      commitByVote = value;
      return this;
    }

    /** Sets whether followers pass proposals on; default yes. */
    public Builder proposalForwarding(boolean value) {
      proposalForwarding = value;
      return this;
    }

    /** Sets whether a removed leader steps down; default no. */
    public Builder stepDownOnRemoval(boolean value) {
      stepDownOnRemoval = value;
      return this;
    }

    /** Sets whether to check changes when proposed; default yes. */
    public Builder confChangeValidation(boolean value) {
      confChangeValidation = value;
      return this;
    }

    /** Sets whether storage work leaves as messages; default no. */
    public Builder asyncStorageWrites(boolean value) {
      asyncStorageWrites = value;
      return this;
    }

    /** Sets whether snapshots are sent on request; default no. */
    public Builder snapshotRequests(boolean value) {
      snapshotRequests = value;
      return this;
    }

    /** Sets whether followers tell what they know committed; default no. */
    public Builder commitTracking(boolean value) {
      commitTracking = value;
      return this;
    }

    /**
     * Returns the configuration.
     *
     * @throws IllegalArgumentException if settings contradict each other
     */
    public RaftConfig build() {
      return new RaftConfig(this);
    }
  }
}
