package dev.flotilla.raft;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One message between replicas, or between a replica and its own storage. Frozen once it is handed
 * out: whoever receives it may keep it and must not expect it to change.
 *
 * <p>A field that a {@link MsgType} does not use is 0, false or empty.
 */
public final class Message {
  /** Target of {@link MsgType#STORAGE_APPEND}: the writer of this replica's log. */
  public static final long APPEND_THREAD = -1;

  /** Target of {@link MsgType#STORAGE_APPLY}: the state machine of this replica. */
  public static final long APPLY_THREAD = -2;

  /** What few messages carry: kept apart, so that appends and their answers stay small. */
  private static final class Rare {
    boolean reject;
    long rejectHint;
    long commitTerm;
    long vote;
    long priority;
    long requestSnapshot;
    @Nullable Snapshot snapshot;
    Payload context = Payload.EMPTY;
    List<Message> responses = List.of();
  }

  final MsgType type;
  long from;
  long to;
  long term;
  long logTerm;
  long index;
  long commit;
  EntryList entries = EntryList.EMPTY;

  /**
   * Encoded size of {@link #entries} while more may join them, so that it is not summed up anew.
   */
  long joinedSize;

  private @Nullable Rare rare;

  Message(MsgType type, long to) {
    this.type = type;
    this.to = to;
  }

  private Rare rare() {
    Rare present = rare;
    if (present == null) {
      present = new Rare();
      rare = present;
    }
    return present;
  }

  void reject(long hint) {
    rare().reject = true;
    rare().rejectHint = hint;
  }

  void commitTerm(long newCommitTerm) {
    rare().commitTerm = newCommitTerm;
  }

  void vote(long newVote) {
    rare().vote = newVote;
  }

  void priority(long newPriority) {
    if (newPriority != 0) {
      rare().priority = newPriority;
    }
  }

  void requestSnapshot(long index) {
    rare().requestSnapshot = index;
  }

  void snapshot(@Nullable Snapshot newSnapshot) {
    if (newSnapshot != null) {
      rare().snapshot = newSnapshot;
    }
  }

  void context(Payload newContext) {
    if (!newContext.isEmpty()) {
      rare().context = newContext;
    }
  }

  void responses(List<Message> newResponses) {
    rare().responses = newResponses;
  }

  /** Starts a message; used by codecs and tests. */
  public static Builder builder(MsgType type) {
    return new Builder(type);
  }

  /** Returns whether {@code id} stands for a storage thread and not for a peer. */
  public static boolean isStorageThread(long id) {
    return id == APPEND_THREAD || id == APPLY_THREAD;
  }

  /** Returns the kind. */
  public MsgType type() {
    return type;
  }

  /** Returns the peer id of the sender. */
  public long from() {
    return from;
  }

  /** Returns the peer id of the receiver. */
  public long to() {
    return to;
  }

  /** Returns the sender's term; 0 for local messages, proposals and read index requests. */
  public long term() {
    return term;
  }

  /**
   * Returns the term of the entry at {@link #index()}; in a rejected append response the term at
   * {@link #rejectHint()}.
   */
  public long logTerm() {
    return logTerm;
  }

  /**
   * Returns a log position: of the entry before {@link #entries()} in an append, the last of the
   * log in a vote request, the acknowledged or refused one in a response.
   */
  public long index() {
    return index;
  }

  /** Returns the sender's commit index. */
  public long commit() {
    return commit;
  }

  /** Returns the term of the entry at {@link #commit()}; only in votes, 0 if it is not told. */
  public long commitTerm() {
    return rare == null ? 0 : rare.commitTerm;
  }

  /** Returns the vote to store; only in {@link MsgType#STORAGE_APPEND}. */
  public long vote() {
    return rare == null ? 0 : rare.vote;
  }

  /** Returns the election priority of a candidate. */
  public long priority() {
    return rare == null ? 0 : rare.priority;
  }

  /** Returns whether a response refuses. */
  public boolean reject() {
    return rare != null && rare.reject;
  }

  /** Returns the highest index at which the sender may agree with the leader. */
  public long rejectHint() {
    return rare == null ? 0 : rare.rejectHint;
  }

  /**
   * Returns the index that a snapshot must reach, in a rejected append response of a follower that
   * wants one; else 0.
   */
  public long requestSnapshot() {
    return rare == null ? 0 : rare.requestSnapshot;
  }

  /** Returns the entries carried. */
  public EntryList entries() {
    return entries;
  }

  /** Returns the snapshot carried; null for none. */
  public @Nullable Snapshot snapshot() {
    return rare == null ? null : rare.snapshot;
  }

  /** Returns the bytes that a response has to carry back. */
  public Payload context() {
    return rare == null ? Payload.EMPTY : rare.context;
  }

  /** Returns what to deliver once a storage message is done. */
  public List<Message> responses() {
    return rare == null ? List.of() : rare.responses;
  }

  @Override
  public String toString() {
    return from
        + "->"
        + to
        + " "
        + type.text()
        + " term="
        + term
        + " log="
        + logTerm
        + "/"
        + index
        + " commit="
        + commit
        + (reject() ? " rejected, hint=" + rejectHint() : "")
        + " entries="
        + entries.size();
  }

  /** Makes one {@link Message}. */
  public static final class Builder {
    private final Message message;

    private Builder(MsgType type) {
      message = new Message(type, 0);
    }

    /** Sets the sender. */
    public Builder from(long id) {
      message.from = id;
      return this;
    }

    /** Sets the receiver. */
    public Builder to(long id) {
      message.to = id;
      return this;
    }

    /** Sets the term. */
    public Builder term(long term) {
      message.term = term;
      return this;
    }

    /** Sets the log term. */
    public Builder logTerm(long logTerm) {
      message.logTerm = logTerm;
      return this;
    }

    /** Sets the index. */
    public Builder index(long index) {
      message.index = index;
      return this;
    }

    /** Sets the commit index. */
    public Builder commit(long commit) {
      message.commit = commit;
      return this;
    }

    /** Sets the term of the entry at the commit index. */
    public Builder commitTerm(long commitTerm) {
      message.rare().commitTerm = commitTerm;
      return this;
    }

    /** Sets the vote. */
    public Builder vote(long vote) {
      message.rare().vote = vote;
      return this;
    }

    /** Sets the priority. */
    public Builder priority(long priority) {
      message.rare().priority = priority;
      return this;
    }

    /** Sets whether this refuses. */
    public Builder reject(boolean reject) {
      message.rare().reject = reject;
      return this;
    }

    /** Sets the reject hint. */
    public Builder rejectHint(long rejectHint) {
      message.rare().rejectHint = rejectHint;
      return this;
    }

    /** Sets the index that a requested snapshot must reach. */
    public Builder requestSnapshot(long index) {
      message.rare().requestSnapshot = index;
      return this;
    }

    /** Sets the entries. */
    public Builder entries(EntryList entries) {
      message.entries = entries;
      return this;
    }

    /** Sets the snapshot; null for none. */
    public Builder snapshot(@Nullable Snapshot snapshot) {
      message.rare().snapshot = snapshot;
      return this;
    }

    /** Sets the context. */
    public Builder context(Payload context) {
      message.rare().context = context;
      return this;
    }

    /** Sets the responses. */
    public Builder responses(List<Message> responses) {
      message.rare().responses = List.copyOf(responses);
      return this;
    }

    /** Returns the message; the builder must not be used again. */
    public Message build() {
      return message;
    }
  }
}
