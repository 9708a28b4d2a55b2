package dev.flotilla.raft;

import java.util.List;

/**
 * The rules of membership change, as functions from one configuration to the next.
 *
 * <p>A simple change may alter one voter, since two majorities then still overlap (thesis 4.1); any
 * other goes through a joint configuration (thesis 4.3).
 */
final class ConfChanger {
  private ConfChanger() {}

  /** Returns the configuration after {@code change}, in the way its transition asks for. */
  static ConfState apply(ConfState state, ConfChange change) {
    if (change.leavesJoint()) {
      return leaveJoint(state);
    }
    if (change.entersJoint()) {
      boolean autoLeave = change.transition() != ConfChange.Transition.JOINT_EXPLICIT;
      return enterJoint(state, autoLeave, change.changes());
    }
    return simple(state, change.changes());
  }

  /** Returns the configuration after changes of at most one voter. */
  static ConfState simple(ConfState state, List<ConfChange.Single> changes) {
    refuseIf(state.isJoint(), "can't apply simple config change in joint config");
    ConfState next = applyAll(state, changes);
    refuseIf(
        state.voters().differenceSize(next.voters()) > 1,
        "more than one voter changed without entering joint config");
    checkConsistent(next);
    return next;
  }

  /** Returns the joint configuration of the present voters and those after the changes. */
  static ConfState enterJoint(ConfState state, boolean autoLeave, List<ConfChange.Single> changes) {
    refuseIf(state.isJoint(), "config is already joint");
    // Nobody could agree to leave it: an empty half would decide alone.
    refuseIf(state.voters().isEmpty(), "can't make a zero-voter config joint");
    ConfState next = applyAll(joined(state, autoLeave), changes);
    checkConsistent(next);
    return next;
  }

  /** Returns the configuration of the incoming half alone. */
  static ConfState leaveJoint(ConfState state) {
    refuseIf(!state.isJoint(), "can't leave a non-joint config");
    ConfState next = ConfState.of(state.voters(), state.learners().union(state.learnersNext()));
    checkConsistent(next);
    return next;
  }

  /**
   * Returns the peers that the changes, applied one by one to {@code state}, take out of it. One
   * that a later change puts back is a new peer: nothing that was known of it holds any more.
   *
   * @param state as the changes find it: joint already, if they enter a joint configuration
   */
  static IdSet dropped(ConfState state, List<ConfChange.Single> changes) {
    IdSet dropped = IdSet.EMPTY;
    ConfState next = state;
    for (ConfChange.Single change : changes) {
      ConfState before = next;
      next = change.nodeId() == 0 ? before : applyOne(before, change);
      if (before.contains(change.nodeId()) && !next.contains(change.nodeId())) {
        dropped = dropped.with(change.nodeId());
      }
    }
    return dropped;
  }

  /** Returns {@code state} as changes that enter a joint configuration find it. */
  static ConfState joined(ConfState state, boolean autoLeave) {
    return new ConfState(
        state.voters(), state.learners(), state.voters(), state.learnersNext(), autoLeave);
  }

  private static ConfState applyAll(ConfState state, List<ConfChange.Single> changes) {
    ConfState next = state;
    for (ConfChange.Single change : changes) {
      // Peer 0 is what a refused change is replaced by upstream: it does nothing.
      if (change.nodeId() != 0) {
        next = applyOne(next, change);
      }
    }
    refuseIf(next.voters().isEmpty(), "removed all voters");
    return next;
  }

  private static ConfState applyOne(ConfState s, ConfChange.Single change) {
    long id = change.nodeId();
    return switch (change.type()) {
      case ADD_NODE ->
          new ConfState(
              s.voters().with(id),
              s.learners().without(id),
              s.votersOutgoing(),
              s.learnersNext().without(id),
              s.autoLeave());
      case ADD_LEARNER_NODE -> {
        // A voter of the outgoing half still counts there, so it becomes a learner on leaving.
        boolean later = s.votersOutgoing().contains(id);
        yield new ConfState(
            s.voters().without(id),
            later ? s.learners() : s.learners().with(id),
            s.votersOutgoing(),
            later && !s.learners().contains(id) ? s.learnersNext().with(id) : s.learnersNext(),
            s.autoLeave());
      }
      case REMOVE_NODE ->
          new ConfState(
              s.voters().without(id),
              s.learners().without(id),
              s.votersOutgoing(),
              s.learnersNext().without(id),
              s.autoLeave());
      case UPDATE_NODE -> s;
    };
  }

  /** Checks a configuration that came out of a change, a snapshot or the disk. */
  static void checkConsistent(ConfState state) {
    for (int i = 0; i < state.learners().size(); i++) {
      long id = state.learners().get(i);
      Invariants.check(
          !state.voters().contains(id) && !state.votersOutgoing().contains(id),
          "a learner is a voter too");
    }
    for (int i = 0; i < state.learnersNext().size(); i++) {
      Invariants.check(
          state.votersOutgoing().contains(state.learnersNext().get(i)),
          "a peer to become a learner is not an outgoing voter");
    }
    Invariants.check(
        state.isJoint() || (state.learnersNext().isEmpty() && !state.autoLeave()),
        "a plain configuration has nothing to leave");
  }

  private static void refuseIf(boolean wrong, String reason) {
    if (wrong) {
      throw new InvalidConfChangeException(reason);
    }
  }
}
