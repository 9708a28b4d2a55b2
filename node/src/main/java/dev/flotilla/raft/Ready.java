package dev.flotilla.raft;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the caller has to do for a group. One object a {@link RawNode}, filled anew by each {@link
 * RawNode#ready()}: entries and messages may be kept, the object and its lists may not.
 *
 * <p>The order of the steps is the safety argument:
 *
 * <ol>
 *   <li>send {@link #messages()}, at once or later;
 *   <li>make {@link #snapshot()}, {@link #entries()} and {@link #hardState()} durable in one write,
 *       synced if {@link #mustSync()};
 *   <li>send {@link #messagesAfterPersist()};
 *   <li>call {@link RawNode#advanceAppend}, or {@link RawNode#advance} if step 5 is done too;
 *   <li>apply {@link #committedEntries()} and report by {@link RawNode#advanceApplyTo}. They may be
 *       among {@link #entries()}, so not before step 2.
 * </ol>
 *
 * <p>With asynchronous storage writes steps 2 to 5 are messages to {@link Message#APPEND_THREAD}
 * and {@link Message#APPLY_THREAD} in {@link #messages()}, and nothing is called back.
 */
public final class Ready {
  long number;
  @Nullable SoftState softState;
  boolean hardStateChanged;
  long term;
  long vote;
  long commit;
  boolean mustSync;

  /** Whether a vote or term changed, which is what a sync is for besides log and snapshot. */
  boolean voteOrTermChanged;

  List<ReadState> readStates = List.of();
  EntryList entries = EntryList.EMPTY;
  @Nullable Snapshot snapshot;
  EntryList committedEntries = EntryList.EMPTY;
  MessageBatch messages = new MessageBatch();
  final MessageBatch messagesAfterPersist = new MessageBatch();
  private @Nullable HardState hardState;

  Ready() {}

  /** Says what to store, if {@code changed}. */
  void hardState(boolean changed, long newTerm, long newVote, long newCommit) {
    hardStateChanged = changed;
    term = newTerm;
    vote = newVote;
    commit = newCommit;
    hardState = null;
  }

  /** Returns the number of this pass; the first is 1, each next one is one more. */
  public long number() {
    return number;
  }

  /** Returns leader and role if they changed, else null. */
  public @Nullable SoftState softState() {
    return softState;
  }

  /** Returns the state to store if it changed, else null. */
  public @Nullable HardState hardState() {
    if (hardStateChanged && hardState == null) {
      hardState = new HardState(term, vote, commit);
    }
    return hardState;
  }

  /** Returns whether {@link #hardState} is to be stored; its parts are here without an object. */
  public boolean hardStateChanged() {
    return hardStateChanged;
  }

  /** Returns the term to store. */
  public long term() {
    return term;
  }

  /** Returns the vote to store; 0 for none. */
  public long vote() {
    return vote;
  }

  /** Returns the commit index to store. */
  public long commit() {
    return commit;
  }

  /** Returns whether the write must be synced; a new commit index alone need not be. */
  public boolean mustSync() {
    return mustSync;
  }

  /** Returns the reads that may be served once their index is applied. */
  public List<ReadState> readStates() {
    return readStates;
  }

  /**
   * Returns the entries to append. Entries that storage has at or after the first of them are
   * replaced.
   */
  public EntryList entries() {
    return entries;
  }

  /** Returns the snapshot that replaces the log up to its index, or null. */
  public @Nullable Snapshot snapshot() {
    return snapshot;
  }

  /** Returns the entries to apply; handed out once. Empty while a snapshot is pending. */
  public EntryList committedEntries() {
    return committedEntries;
  }

  /** Returns the messages that need not wait for the write. */
  public List<Message> messages() {
    return messages.view();
  }

  /** Returns the messages that must not leave before the write is durable. */
  public List<Message> messagesAfterPersist() {
    return messagesAfterPersist.view();
  }

  /** Returns whether there is nothing to do. */
  public boolean isEmpty() {
    return softState == null
        && !hardStateChanged
        && snapshot == null
        && readStates.isEmpty()
        && entries.isEmpty()
        && committedEntries.isEmpty()
        && messages.isEmpty()
        && messagesAfterPersist.isEmpty();
  }
}
