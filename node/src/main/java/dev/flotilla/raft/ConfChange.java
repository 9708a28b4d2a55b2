package dev.flotilla.raft;

import java.util.List;

/**
 * A change of the membership. Takes effect on a replica when {@link RawNode#applyConfChange} is
 * called for it, not when it is appended (thesis 4.1 differs).
 */
public sealed interface ConfChange {
  /** What happens to one peer. */
  enum Type {
    /** Becomes a voter. */
    ADD_NODE,
    /** Leaves the group. */
    REMOVE_NODE,
    /** Nothing; kept for the wire. */
    UPDATE_NODE,
    /** Becomes a learner. */
    ADD_LEARNER_NODE
  }

  /** How a change of several voters passes through the joint configuration. */
  enum Transition {
    /** Simple if one voter changes, else joint and left automatically. */
    AUTO,
    /** Joint, left automatically. */
    JOINT_IMPLICIT,
    /** Joint, left by an empty change of the application. */
    JOINT_EXPLICIT
  }

  /**
   * What happens to which peer.
   *
   * @param type what happens
   * @param nodeId peer id; a change of peer 0 does nothing
   */
  record Single(Type type, long nodeId) {}

  /**
   * The first wire form: one peer, never joint.
   *
   * @param type what happens
   * @param nodeId peer id
   * @param context bytes for the application
   */
  record V1(Type type, long nodeId, Payload context) implements ConfChange {
    @Override
    public EntryType entryType() {
      return EntryType.CONF_CHANGE;
    }

    @Override
    public Transition transition() {
      return Transition.AUTO;
    }

    @Override
    public List<Single> changes() {
      return List.of(new Single(type, nodeId));
    }
  }

  /**
   * The second wire form. No changes and {@link Transition#AUTO} leaves a joint configuration.
   *
   * @param transition how to pass through the joint configuration
   * @param changes what happens to whom, in this order
   * @param context bytes for the application
   */
  record V2(Transition transition, List<Single> changes, Payload context) implements ConfChange {
    /** The change that leaves a joint configuration. */
    public static final V2 LEAVE_JOINT = new V2(Transition.AUTO, List.of(), Payload.EMPTY);

    /** Copies the list. */
    public V2 {
      changes = List.copyOf(changes);
    }

    @Override
    public EntryType entryType() {
      return EntryType.CONF_CHANGE_V2;
    }
  }

  /** Returns the type of the log entry that carries this form. */
  EntryType entryType();

  /** Returns how to pass through the joint configuration. */
  Transition transition();

  /** Returns what happens to whom. */
  List<Single> changes();

  /** Returns the bytes of the application. */
  Payload context();

  /** Returns whether this leaves a joint configuration. */
  default boolean leavesJoint() {
    return transition() == Transition.AUTO && changes().isEmpty();
  }

  /** Returns whether this enters a joint configuration. */
  default boolean entersJoint() {
    return transition() != Transition.AUTO || changes().size() > 1;
  }
}
