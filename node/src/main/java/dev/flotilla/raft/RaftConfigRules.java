package dev.flotilla.raft;

/** What makes a {@link RaftConfig} valid. */
final class RaftConfigRules {
  private RaftConfigRules() {}

  static void check(RaftConfig c) {
    require(c.id() != 0 && !Message.isStorageThread(c.id()), "peer id " + c.id() + " is reserved");
    require(c.heartbeatTicks() >= 1, "heartbeat ticks must be at least 1");
    require(c.electionTicks() > c.heartbeatTicks(), "election ticks must exceed heartbeat ticks");
    require(
        c.electionTicksMin() >= c.electionTicks(),
        "election draw must not be below election ticks");
    require(c.electionTicksMax() > c.electionTicksMin(), "election draw needs a range");
    require(c.applied() >= 0, "applied must not be negative");
    require(c.messageBytesMax() >= 0, "message bytes must not be negative");
    require(c.inflightMessagesMax() >= 1, "at least one message must be in flight");
    require(
        c.inflightBytesMax() >= c.messageBytesMax() || c.inflightBytesMax() == RaftConfig.NO_LIMIT,
        "a whole message must fit into the window");
    require(c.uncommittedBytesMax() > 0, "uncommitted bytes must be positive");
    require(c.committedBytesMax() > 0, "committed bytes must be positive");
    require(c.pendingReadsMax() >= 1, "at least one read must be able to wait");
    require(
        c.readOnly() != ReadOnlyOption.LEASE_BASED || c.checkQuorum(),
        "lease reads need check quorum: without it a deposed leader keeps its lease");
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
