package dev.flotilla.raftstore.peer;

import dev.flotilla.engine.WriteBatch;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.AdminCmdType;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.CompactLogRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftRequestHeader;
import dev.flotilla.raft.EntryList;
import dev.flotilla.raft.RaftConfig;
import dev.flotilla.raft.RawNode;
import dev.flotilla.raft.ReadState;
import dev.flotilla.raft.Ready;
import dev.flotilla.raft.Role;
import dev.flotilla.raft.SoftState;
import dev.flotilla.raft.StepResult;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Invariants;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.apply.ApplyResult;
import dev.flotilla.raftstore.apply.ApplyTask;
import dev.flotilla.raftstore.apply.ExecResult;
import dev.flotilla.raftstore.apply.Proposal;
import dev.flotilla.raftstore.storage.EraftConfChangeCodec;
import dev.flotilla.raftstore.storage.PeerStorage;
import dev.flotilla.raftstore.task.LogGcTask;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One replica of a region, on the store loop. Owns its raft group and leads its collaborators,
 * which never call back.
 *
 * <p>A readiness pass calls {@link #collect}, then, once the batch is written, {@link #persisted};
 * again while {@link #hasReady}.
 */
public final class Peer implements RequestInspector {
  private static final EraftConfChangeCodec CONF_CHANGES = new EraftConfChangeCodec();

  private final PeerContext context;
  private final dev.flotilla.proto.metapb.Peer peer;
  private final PeerStorage storage;
  private final RawNode raft;
  private final ProposalQueue proposals = new ProposalQueue();
  private final Proposer proposer;
  private final ReadIndexQueue reads = new ReadIndexQueue();
  private final Lease lease;
  private final LogGc logGc;
  private final RoleReports reports;

  /** Term of the last applied entry; what the lease needs to know of apply. */
  private long appliedTerm;

  /** Whether the next readiness pass will look at this peer. */
  private boolean marked;

  /** Collected and not yet persisted. */
  private @Nullable Ready ready;

  private Peer(PeerContext context, dev.flotilla.proto.metapb.Peer peer, PeerStorage storage) {
    this.context = context;
    this.peer = peer;
    this.storage = storage;
    this.raft = new RawNode(raftConfig(), storage);
    this.proposer =
        new Proposer(
            raft,
            proposals,
            context.coprocessors(),
            context.clock(),
            context.config().entryBytesMax());
    this.proposer.onApplied(storage.applyState().getLastProposedAt());
    this.lease = new Lease(context.config().leaderLease().toNanos());
    this.logGc = new LogGc(context.config());
    this.reports = new RoleReports(context);
    this.appliedTerm = storage.applyState().getCommitTerm();
  }

  /**
   * A peer whose region this store knows: bootstrap or restart. Registers with the apply worker,
   * and campaigns at once when it is alone.
   */
  public static Peer create(PeerContext context, Region region) {
    dev.flotilla.proto.metapb.Peer peer =
        Invariants.present(
            Regions.peerOn(region, context.storeId()), "region without a peer on this store");
    Peer created = new Peer(context, peer, PeerStorage.load(context.engines(), region));
    created.register();
    if (region.getPeersCount() == 1) {
      created.raft.campaign();
    }
    return created;
  }

  private RaftConfig raftConfig() {
    return RaftConfig.builder(peer.getId(), CONF_CHANGES, context.timeouts())
        .logger(context.raftLogger())
        .heartbeatTicks(context.config().heartbeatTicks())
        .electionTicks(context.config().electionTicks())
        .electionTicksMin(context.config().electionTicks())
        .electionTicksMax(context.config().electionTicksMax() + 1)
        .applied(storage.appliedIndex())
        .messageBytesMax(context.config().messageBytesMax())
        .inflightMessagesMax(context.config().inflightMessagesMax())
        .committedBytesMax(context.config().applyPageBytesMax())
        .preVote(true)
        .checkQuorum(true)
        .skipBcastCommit(true)
        .proposalForwarding(false)
        .build();
  }

  private void register() {
    context
        .apply()
        .schedule(
            new ApplyTask.Registration(
                peer.getId(), raft.term(), storage.applyState(), appliedTerm, region()));
  }

  public Region region() {
    return storage.region();
  }

  /** Identity of this replica. */
  public dev.flotilla.proto.metapb.Peer peer() {
    return peer;
  }

  public boolean isLeader() {
    return raft.isLeader();
  }

  public long term() {
    return raft.term();
  }

  /** The region's leader as far as this replica knows, or null. */
  public dev.flotilla.proto.metapb.@Nullable Peer leader() {
    long leaderId = raft.leaderId();
    for (dev.flotilla.proto.metapb.Peer member : region().getPeersList()) {
      if (member.getId() == leaderId) {
        return member;
      }
    }
    return null;
  }

  public long appliedIndex() {
    return storage.appliedIndex();
  }

  public long lastIndex() {
    return raft.lastIndex();
  }

  /** First index that is still in the log. */
  public long firstIndex() {
    return storage.firstIndex();
  }

  /** Whether this peer leads and local data holds everything that was ever acknowledged. */
  public boolean isReadyToServe() {
    return isLeader() && hasAppliedToCurrentTerm();
  }

  /** Lets a raft tick pass; returns whether there may be something ready. */
  public boolean tick() {
    return raft.tick();
  }

  /**
   * Takes a command that was checked against this peer; {@code callback} is answered once.
   *
   * @param localReads takes a read that may be served from an engine snapshot of now
   */
  public void propose(RaftCmdRequest command, Callback callback, LocalReads localReads) {
    try {
      CommandKind kind = CommandKind.of(command);
      switch (inspect(kind, command.getHeader().getReadQuorum())) {
        case READ_LOCAL -> localReads.add(this, callback);
        case READ_INDEX -> readIndex(callback);
        case PROPOSE_NORMAL -> proposeNormal(command, callback);
      }
    } catch (Refusal refusal) {
      callback.refused(refusal);
    }
  }

  private void proposeNormal(RaftCmdRequest command, Callback callback) {
    if (raft.lastIndex() - storage.appliedIndex() >= context.config().applyBacklogMax()) {
      throw new Refusal.ServerIsBusy("too much is waiting to be applied");
    }
    proposer.propose(region(), command, callback);
  }

  private void readIndex(Callback reader) {
    long nowNanos = context.clock().nanos();
    if (lease.inspect(nowNanos) != Lease.State.SUSPECT
        && reads.join(reader, nowNanos, context.config().leaderLease().toNanos())) {
      return;
    }
    if (raft.readIndex(reads.nextContext()) != StepResult.OK) {
      throw new Refusal.StaleCommand();
    }
    reads.start(nowNanos, reader);
  }

  @Override
  public boolean hasAppliedToCurrentTerm() {
    return appliedTerm == raft.term();
  }

  @Override
  public Lease.State inspectLease() {
    return isLeader() ? lease.inspect(context.clock().nanos()) : Lease.State.EXPIRED;
  }

  public boolean hasReady() {
    return raft.hasReady();
  }

  /**
   * First half of a readiness pass: puts what must be kept into {@code raftBatch} and hands those
   * who wait to the apply worker, ahead of their entries.
   *
   * @return whether the batch must be synced before the second half
   */
  public boolean collect(WriteBatch raftBatch) {
    List<Proposal> waiting = proposals.takeWaiting();
    if (!waiting.isEmpty()) {
      context.apply().schedule(new ApplyTask.Proposals(region().getId(), peer.getId(), waiting));
    }
    Ready collected = raft.ready();
    SoftState changed = collected.softState();
    if (changed != null) {
      onRoleChanged(changed);
    }
    storage.persist(collected, raftBatch);
    ready = collected;
    return collected.mustSync();
  }

  /** The lease starts before the first message of the term leaves, so this comes first. */
  private void onRoleChanged(SoftState state) {
    boolean leads = state.role() == Role.LEADER;
    reports.onRole(region(), raft.term(), leads);
    if (leads) {
      lease.renew(context.clock().nanos());
      return;
    }
    lease.expire();
    proposals.forgetTimes();
    reads.refuseAll(() -> new Refusal.NotLeader(region().getId(), leader()));
  }

  /**
   * Second half of a readiness pass: the batch is on disk.
   *
   * @param localReads takes reads that may be served from an engine snapshot of now
   */
  public void persisted(LocalReads localReads) {
    Ready collected = Invariants.present(ready, "persisted without a ready");
    ready = null;
    EntryList committed = collected.committedEntries();
    if (!committed.isEmpty()) {
      apply(committed);
    }
    for (ReadState state : collected.readStates()) {
      long startedNanos = reads.confirm(state);
      if (lease.inspect(context.clock().nanos()) != Lease.State.SUSPECT) {
        lease.renew(startedNanos);
      }
    }
    raft.advanceAppend(collected);
    serveReads(localReads);
  }

  private void apply(EntryList committed) {
    if (isLeader()) {
      proposals.takeProposeTime(committed).ifPresent(lease::renew);
    }
    logGc.onCommitted(committed.encodedSize());
    context
        .apply()
        .schedule(new ApplyTask.Entries(region().getId(), raft.term(), committed.asList()));
  }

  /** An apply worker has come further. */
  public void onApplied(ApplyResult.Applied result, LocalReads localReads) {
    Invariants.check(
        result.peerId() == peer.getId(), "another peer's result", peer.getId(), result.peerId());
    long firstIndex = storage.firstIndex();
    storage.onApplied(result.applyState());
    // Results first: raft must not think that a change is in effect before it is.
    for (ExecResult exec : result.results()) {
      if (exec instanceof ExecResult.CompactLog compacted) {
        onCompacted(firstIndex, compacted.truncated().getIndex());
      }
    }
    appliedTerm = result.appliedTerm();
    proposer.onApplied(result.applyState().getLastProposedAt());
    raft.advanceApplyTo(storage.appliedIndex());
    if (isReadyToServe()) {
      reports.onServing(region(), peer, raft.term());
    }
    serveReads(localReads);
  }

  /** Tells the placement driver of this region, if this peer serves it. */
  public void report() {
    if (isReadyToServe()) {
      reports.report(region(), peer, raft.term());
    }
  }

  /** Asks for a look in the next readiness pass; returns false when it was asked for already. */
  public boolean mark() {
    boolean first = !marked;
    marked = true;
    return first;
  }

  /** The pass is looking. */
  public void unmark() {
    marked = false;
  }

  private void onCompacted(long firstIndex, long truncatedIndex) {
    long from = logGc.onCompacted(firstIndex, truncatedIndex, raft.lastIndex());
    storage.onCompacted(truncatedIndex);
    context.logGc().schedule(new LogGcTask(region().getId(), from, truncatedIndex + 1));
  }

  private void serveReads(LocalReads localReads) {
    if (!reads.isEmpty() && hasAppliedToCurrentTerm()) {
      reads.takeReady(storage.appliedIndex(), reader -> localReads.add(this, reader));
    }
  }

  /** Proposes to shorten the log, if this peer leads and it is worth it. */
  public void gcLog() {
    if (!isLeader()) {
      return;
    }
    long index = logGc.compactIndex(raft, storage);
    if (index == 0) {
      return;
    }
    CompactLogRequest compact =
        CompactLogRequest.newBuilder()
            .setCompactIndex(index)
            .setCompactTerm(storage.term(index))
            .build();
    RaftCmdRequest command =
        RaftCmdRequest.newBuilder()
            .setHeader(RaftRequestHeader.newBuilder().setRegionId(region().getId()))
            .setAdminRequest(
                AdminRequest.newBuilder()
                    .setCmdType(AdminCmdType.CompactLog)
                    .setCompactLog(compact))
            .build();
    propose(command, Callback.IGNORE, (peer, reader) -> {});
  }

  /** {@code proposed_at} of the newest write that reads here may see, unix milliseconds. */
  public long lastStampMillis() {
    return proposer.lastStampMillis();
  }

  /** Answers everyone who waits on the store loop; the node is stopping. */
  public void stop() {
    proposals.refuseWaiting();
    reads.refuseAll(() -> new Refusal.ServerIsBusy("the node is stopping"));
  }

  @Override
  public String toString() {
    return "[region " + region().getId() + "] " + peer.getId();
  }
}
