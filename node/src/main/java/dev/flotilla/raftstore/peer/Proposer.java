package dev.flotilla.raftstore.peer;

import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftRequestHeader;
import dev.flotilla.raft.Payload;
import dev.flotilla.raft.RawNode;
import dev.flotilla.raft.StepResult;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.Invariants;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Regions;

/** Puts commands into the log. Invariant: a dropped proposal is an answered one. */
final class Proposer {
  private final RawNode raft;
  private final ProposalQueue proposals;
  private final CoprocessorHost coprocessors;
  private final Clock clock;
  private final long entryBytesMax;

  /** Greatest stamp given or applied; stamps of one region never go back. */
  private long lastStampMillis;

  Proposer(
      RawNode raft,
      ProposalQueue proposals,
      CoprocessorHost coprocessors,
      Clock clock,
      long entryBytesMax) {
    this.raft = raft;
    this.proposals = proposals;
    this.coprocessors = coprocessors;
    this.clock = clock;
    this.entryBytesMax = entryBytesMax;
  }

  /** Another leader's stamps count as well. */
  void onApplied(long stampMillis) {
    lastStampMillis = Math.max(lastStampMillis, stampMillis);
  }

  /** {@code proposed_at} of the newest write that this peer knows of, unix milliseconds. */
  long lastStampMillis() {
    return lastStampMillis;
  }

  /**
   * Shows {@code command} to the observers, who may change it, and logs it, stamped with the time
   * at which it takes effect.
   *
   * @throws Refusal when it was not logged; {@code callback} is then still the caller's to answer
   */
  void propose(Region region, RaftCmdRequest command, Callback callback) {
    byte[] data = stamped(observed(region, command)).toByteArray();
    if (data.length > entryBytesMax) {
      throw new Refusal.RaftEntryTooLarge(region.getId(), data.length);
    }
    long nowNanos = clock.nanos();
    long index = raft.lastIndex() + 1;
    StepResult result = raft.propose(Payload.of(data));
    if (result != StepResult.OK) {
      throw new Refusal.ServerIsBusy("too much is waiting to be logged");
    }
    Invariants.check(raft.lastIndex() == index, "one proposal, one entry", index, raft.lastIndex());
    proposals.push(raft.term(), index, nowNanos, callback);
  }

  /** What observers make of the command; it stays in the region, for the host checks edits. */
  private RaftCmdRequest observed(Region region, RaftCmdRequest command) {
    if (Regions.isSystem(region)) {
      return command;
    }
    if (!command.hasAdminRequest()) {
      return coprocessors.preProposeQuery(region, raft.term(), command);
    }
    AdminRequest asked = command.getAdminRequest();
    AdminRequest edited = coprocessors.preProposeAdmin(region, raft.term(), asked);
    return edited.equals(asked) ? command : command.toBuilder().setAdminRequest(edited).build();
  }

  /** Apply needs the epoch and the stamp; the rest of the header was for getting here. */
  private RaftCmdRequest stamped(RaftCmdRequest command) {
    lastStampMillis = Math.max(lastStampMillis, clock.unixMillis());
    RaftRequestHeader header =
        RaftRequestHeader.newBuilder()
            .setRegionId(command.getHeader().getRegionId())
            .setRegionEpoch(command.getHeader().getRegionEpoch())
            .setProposedAt(lastStampMillis)
            .build();
    return command.toBuilder().setHeader(header).build();
  }
}
