package dev.flotilla.raftstore.peer;

/** How a command is served. */
enum RequestPolicy {
  /** From this replica at once: it is the leader and nobody else can be. */
  READ_LOCAL,
  /** From this replica, once a quorum has confirmed that it leads. */
  READ_INDEX,
  /** Through the log. */
  PROPOSE_NORMAL,
  /** Through the log, as a change of the members. */
  PROPOSE_CONF_CHANGE,
  /** Not at all, but by handing leadership to another replica. */
  PROPOSE_TRANSFER_LEADER
}
