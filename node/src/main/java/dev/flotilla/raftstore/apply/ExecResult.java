package dev.flotilla.raftstore.apply;

import dev.flotilla.engine.EngineSnapshot;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_serverpb.RaftTruncatedState;
import dev.flotilla.raft.ConfChange;
import dev.flotilla.raftstore.HashVerdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What applying an admin command means for the peer on the store loop. */
public sealed interface ExecResult {
  /** Gives back what this holds; for whoever does not take it in. */
  default void discard() {}

  /** The log up to and including {@code truncated} is no longer needed. */
  record CompactLog(RaftTruncatedState truncated) implements ExecResult {}

  /**
   * The members changed.
   *
   * @param index of the change's entry
   * @param change what raft is to put into effect
   * @param region as it is now
   */
  record ChangePeer(long index, ConfChange change, Region region) implements ExecResult {}

  /**
   * The region was split.
   *
   * @param regions all parts in order of keys
   * @param derivedId the part that goes on under the old id
   * @param skipped ids of new regions whose replica was removed from here before the split came
   */
  record Split(List<Region> regions, long derivedId, List<Long> skipped) implements ExecResult {
    /** The part that goes on under the old id. */
    public Region derived() {
      for (Region region : regions) {
        if (region.getId() == derivedId) {
          return region;
        }
      }
      throw new AssertionError("split without the region that was split");
    }
  }

  /**
   * The data is to be hashed as of this moment.
   *
   * @param region as of the index
   * @param index of the command
   * @param snapshot the data; whoever gets this closes it
   */
  record ComputeHash(Region region, long index, EngineSnapshot snapshot) implements ExecResult {
    @Override
    public void discard() {
      snapshot.close();
    }
  }

  /**
   * The replicas were compared.
   *
   * @param changed the region, if the verdict has changed it; otherwise null
   */
  record VerifyHash(HashVerdict verdict, @Nullable Region changed) implements ExecResult {}
}
