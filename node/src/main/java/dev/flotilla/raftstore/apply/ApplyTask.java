package dev.flotilla.raftstore.apply;

import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_serverpb.RaftApplyState;
import dev.flotilla.raft.Entry;
import dev.flotilla.raft.EntryList;
import dev.flotilla.raftstore.wire.LoggedCommands;
import java.util.List;
import java.util.Set;

/** What the store asks of an apply worker. All tasks of one region go to one worker, in order. */
public sealed interface ApplyTask {
  /** The region that decides which worker runs this. */
  long regionId();

  /** Whether no worker need be called for this: it is soon enough with what comes next. */
  default boolean mayWait() {
    return false;
  }

  /**
   * A peer starts to apply, or starts over after a snapshot.
   *
   * @param peerId the peer's id
   * @param term its raft term
   * @param applyState how far it has applied
   * @param appliedTerm term of the entry at its applied index, as far as known
   * @param region its region as of the applied index
   */
  record Registration(
      long peerId, long term, RaftApplyState applyState, long appliedTerm, Region region)
      implements ApplyTask {
    @Override
    public long regionId() {
      return region.getId();
    }
  }

  /** Those who wait for entries; always ahead of the entries themselves. */
  record Proposals(long regionId, long peerId, List<Proposal> proposals) implements ApplyTask {
    /** Until their entries come there is nothing to do for them. */
    @Override
    public boolean mayWait() {
      return true;
    }
  }

  /**
   * Committed entries in log order, none skipped.
   *
   * @param term the peer's raft term when they were committed
   * @param awaited whether the store loop wants to know at once when they are applied
   * @param mayWait whether nobody waits for what they do
   */
  record Entries(long regionId, long term, List<Entry> entries, boolean awaited, boolean mayWait)
      implements ApplyTask {
    /** More than this much of committed data may not wait. */
    private static final long WAITING_BYTES_MAX = 4096;

    /**
     * The task that applies {@code entries}. Few of them may wait on a follower, where no client
     * waits for them, unless they change the region: its messages, and those of what is split off,
     * are for the region as it is then.
     */
    public static Entries of(
        long regionId, long term, EntryList entries, boolean awaited, boolean leads) {
      boolean mayWait =
          !awaited
              && !leads
              && entries.encodedSize() <= WAITING_BYTES_MAX
              && !LoggedCommands.haveAdmin(entries);
      return new Entries(regionId, term, entries.asList(), awaited, mayWait);
    }
  }

  /** The store loop wants to know at once when all before this is applied. */
  record Report(long regionId) implements ApplyTask {}

  /**
   * Coprocessors have come into use that are shown batches: tell them how far all before this has
   * brought the region.
   */
  record Show(long regionId, Set<dev.flotilla.coprocessor.Registration> newcomers)
      implements ApplyTask {}

  /** The peer goes away: answer everyone who waits for it, then say so. */
  record Destroy(long regionId) implements ApplyTask {}
}
