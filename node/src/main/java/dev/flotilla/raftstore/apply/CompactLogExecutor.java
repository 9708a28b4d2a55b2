package dev.flotilla.raftstore.apply;

import dev.flotilla.proto.raft_cmdpb.CompactLogRequest;
import dev.flotilla.proto.raft_serverpb.RaftTruncatedState;
import dev.flotilla.raftstore.Refusal;
import org.jspecify.annotations.Nullable;

/** Moves a region's truncated position; the entries themselves are deleted later. */
final class CompactLogExecutor {
  private CompactLogExecutor() {}

  /**
   * Returns the new truncated state, or null when the log is already that short.
   *
   * @throws Refusal when the index is beyond what was applied, or the term is missing
   */
  static @Nullable RaftTruncatedState execute(
      CompactLogRequest request, RaftTruncatedState truncated, long appliedIndex) {
    if (request.getCompactIndex() <= truncated.getIndex()) {
      return null;
    }
    if (request.getCompactTerm() == 0) {
      throw new Refusal.Invalid("compaction without a term");
    }
    if (request.getCompactIndex() > appliedIndex) {
      throw new Refusal.Invalid("compaction beyond the applied index " + appliedIndex);
    }
    return RaftTruncatedState.newBuilder()
        .setIndex(request.getCompactIndex())
        .setTerm(request.getCompactTerm())
        .build();
  }
}
