package dev.flotilla.raftstore.peer;

import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftRequestHeader;
import dev.flotilla.raft.ConfChange;
import dev.flotilla.raft.EntryList;
import dev.flotilla.raft.Payload;
import dev.flotilla.raft.RawNode;
import dev.flotilla.raft.StepResult;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Invariants;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.apply.Proposal;
import dev.flotilla.raftstore.storage.PeerStorage;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

/** Puts commands into the log. Invariant: a dropped proposal is an answered one. */
final class Proposer {
  private final PeerContext context;
  private final RawNode raft;
  private final PeerStorage storage;
  private final DiskGuard disks;
  private final ProposalQueue proposals = new ProposalQueue();

  /** Greatest stamp given or applied; stamps of one region never go back. */
  private long lastStampMillis;

  Proposer(PeerContext context, RawNode raft, PeerStorage storage, DiskGuard disks) {
    this.context = context;
    this.raft = raft;
    this.storage = storage;
    this.disks = disks;
    this.lastStampMillis = storage.applyState().getLastProposedAt();
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
    disks.check(region, command);
    if (raft.lastIndex() - storage.appliedIndex() >= context.config().applyBacklogMax()) {
      throw new Refusal.ServerIsBusy("too much is waiting to be applied");
    }
    byte[] data = stamped(observed(region, command)).toByteArray();
    long bytesMax = context.config().entryBytesMax();
    if (data.length > bytesMax) {
      throw new Refusal.RaftEntryTooLarge(region.getId(), data.length, bytesMax);
    }
    log(region, () -> raft.propose(Payload.of(data)), callback);
  }

  static boolean isSplit(RaftCmdRequest command) {
    return command.getAdminRequest().hasSplit() || command.getAdminRequest().hasSplits();
  }

  /**
   * Shows a change of the members to the observers, who may refuse it, and logs it.
   *
   * @param heard whether a peer was heard of lately
   * @throws Refusal when it was not logged; {@code callback} is then still the caller's to answer
   */
  void proposeConfChange(
      Region region, RaftCmdRequest command, LongPredicate heard, Callback callback) {
    AdminRequest admin = command.getAdminRequest();
    ConfChangeGuard.check(admin, region, raft, storage.truncatedIndex(), heard);
    observed(region, admin);
    ConfChange change = ConfChangeGuard.toRaft(admin, stamped(command).toByteArray());
    String reason = raft.confChangeRefusal(change);
    if (reason != null) {
      throw new Refusal.Invalid(reason);
    }
    log(region, () -> raft.proposeConfChange(change, Payload.EMPTY), callback);
  }

  /** Logs a command without effect, if that is possible now; its commit renews the lease. */
  void proposeNothing(Region region) {
    RaftCmdRequest nothing =
        RaftCmdRequest.newBuilder()
            .setHeader(
                RaftRequestHeader.newBuilder()
                    .setRegionId(region.getId())
                    .setRegionEpoch(region.getRegionEpoch()))
            .build();
    if (raft.leadTransferee() == 0) {
      byte[] data = stamped(nothing).toByteArray();
      // Refused, it is as if it were not possible.
      tryLog(() -> raft.propose(Payload.of(data)), Callback.IGNORE);
    }
  }

  private void log(Region region, Supplier<StepResult> proposal, Callback callback) {
    if (!tryLog(proposal, callback)) {
      throw raft.leadTransferee() != 0 || !raft.isLeader()
          ? new Refusal.NotLeader(region.getId(), null)
          : new Refusal.ServerIsBusy("too much is waiting to be logged");
    }
  }

  /** Logs what is proposed, if raft takes it. */
  private boolean tryLog(Supplier<StepResult> proposal, Callback callback) {
    long nowNanos = context.clock().nanos();
    long index = raft.lastIndex() + 1;
    if (proposal.get() != StepResult.OK) {
      return false;
    }
    Invariants.check(raft.lastIndex() == index, "one proposal, one entry", index, raft.lastIndex());
    proposals.push(raft.term(), index, nowNanos, callback);
    return true;
  }

  /** Takes those who wait and have not been handed to the apply worker. */
  List<Proposal> takeWaiting() {
    return proposals.takeWaiting();
  }

  /** When the newest of {@code committed} that was proposed here was proposed. */
  OptionalLong takeProposeTime(EntryList committed) {
    return proposals.takeProposeTime(committed);
  }

  /** Leadership is gone. */
  void onFollower() {
    proposals.forgetTimes();
  }

  /** The peer is going away. */
  void refuseWaiting() {
    proposals.refuseWaiting();
  }

  /** What observers make of the command; it stays in the region, for the host checks edits. */
  private RaftCmdRequest observed(Region region, RaftCmdRequest command) {
    if (!command.hasAdminRequest()) {
      return Regions.isSystem(region) || isSweep(command)
          ? command
          : context.coprocessors().preProposeQuery(region, raft.term(), command);
    }
    AdminRequest asked = command.getAdminRequest();
    AdminRequest edited = observed(region, asked);
    return edited.equals(asked) ? command : command.toBuilder().setAdminRequest(edited).build();
  }

  /**
   * Whether this node removes what has expired. The keys are those that are stored: observers have
   * seen them as they were put, and what they would make of them now could be others.
   */
  private static boolean isSweep(RaftCmdRequest command) {
    return command.getRequestsCount() > 0 && command.getRequests(0).getDelete().getOnlyIfExpired();
  }

  /**
   * What observers make of an admin command; of those, only splits can be edited.
   *
   * @throws Refusal.Rejected when one of them refuses it
   */
  AdminRequest observed(Region region, AdminRequest admin) {
    return Regions.isSystem(region)
        ? admin
        : context.coprocessors().preProposeAdmin(region, raft.term(), admin);
  }

  /** Apply needs the epoch and the stamp; the rest of the header was for getting here. */
  private RaftCmdRequest stamped(RaftCmdRequest command) {
    lastStampMillis = Math.max(lastStampMillis, context.clock().unixMillis());
    RaftRequestHeader header =
        RaftRequestHeader.newBuilder()
            .setRegionId(command.getHeader().getRegionId())
            .setRegionEpoch(command.getHeader().getRegionEpoch())
            .setProposedAt(lastStampMillis)
            .build();
    return command.toBuilder().setHeader(header).build();
  }
}
