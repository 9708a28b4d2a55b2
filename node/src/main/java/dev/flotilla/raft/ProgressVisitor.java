package dev.flotilla.raft;

/** Receives what a leader knows of its peers, without objects being made. */
@FunctionalInterface
public interface ProgressVisitor {
  /**
   * Called once a peer, the leader included, in ascending id.
   *
   * @param id peer id
   * @param match highest index known to be on the peer
   * @param next next index to send
   * @param state how the log is sent
   * @param recentActive whether the peer was heard since the last quorum check
   * @param pendingSnapshot index of the snapshot it is waiting for; 0 for none
   * @param isLearner whether it does not count
   */
  void onPeer(
      long id,
      long match,
      long next,
      ProgressState state,
      boolean recentActive,
      long pendingSnapshot,
      boolean isLearner);
}
