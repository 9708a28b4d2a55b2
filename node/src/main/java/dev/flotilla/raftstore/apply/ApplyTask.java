package dev.flotilla.raftstore.apply;

import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_serverpb.RaftApplyState;
import dev.flotilla.raft.Entry;
import java.util.List;

/** What the store asks of an apply worker. All tasks of one region go to one worker, in order. */
public sealed interface ApplyTask {
  /** The region that decides which worker runs this. */
  long regionId();

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
  record Proposals(long regionId, long peerId, List<Proposal> proposals) implements ApplyTask {}

  /**
   * Committed entries in log order, none skipped.
   *
   * @param term the peer's raft term when they were committed
   * @param awaited whether the store loop wants to know at once when they are applied
   */
  record Entries(long regionId, long term, List<Entry> entries, boolean awaited)
      implements ApplyTask {}

  /** The store loop wants to know at once when all before this is applied. */
  record Report(long regionId) implements ApplyTask {}

  /** The peer goes away: answer everyone who waits for it, then say so. */
  record Destroy(long regionId) implements ApplyTask {}
}
