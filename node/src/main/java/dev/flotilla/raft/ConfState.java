package dev.flotilla.raft;

/**
 * Membership of a group as recorded in snapshots and handed back when a change is applied.
 *
 * @param voters voters; in a joint configuration those of its incoming half
 * @param learners peers that receive the log but do not count
 * @param votersOutgoing voters of the outgoing half; empty unless the configuration is joint
 * @param learnersNext outgoing voters that become learners when the joint configuration is left
 * @param autoLeave whether the leader leaves the joint configuration by itself
 */
public record ConfState(
    IdSet voters, IdSet learners, IdSet votersOutgoing, IdSet learnersNext, boolean autoLeave) {
  /** No members. */
  public static final ConfState EMPTY =
      new ConfState(IdSet.EMPTY, IdSet.EMPTY, IdSet.EMPTY, IdSet.EMPTY, false);

  /** Returns the plain configuration of {@code voters}. */
  public static ConfState ofVoters(long... voters) {
    return of(IdSet.of(voters), IdSet.EMPTY);
  }

  /** Returns the plain configuration of {@code voters} and {@code learners}. */
  public static ConfState of(IdSet voters, IdSet learners) {
    return new ConfState(voters, learners, IdSet.EMPTY, IdSet.EMPTY, false);
  }

  /** Returns whether decisions need a majority of both halves (thesis 4.3). */
  public boolean isJoint() {
    return !votersOutgoing.isEmpty();
  }

  /** Returns whether {@code id} is a voter of either half, or a learner. */
  public boolean contains(long id) {
    return voters.contains(id) || learners.contains(id) || votersOutgoing.contains(id);
  }
}
