package dev.flotilla.raftstore.peer;

/** How a command is served. */
enum RequestPolicy {
  /** From this replica at once: it is the leader and nobody else can be. */
  READ_LOCAL,
  /** From this replica, once a quorum has confirmed that it leads. */
  READ_INDEX,
  /** Through the log. */
  PROPOSE_NORMAL
}
