package dev.flotilla.raftstore.peer;

import com.google.protobuf.ByteString;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.AdminRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raft.EntryList;
import dev.flotilla.raft.Message;
import dev.flotilla.raft.MsgType;
import dev.flotilla.raft.RawNode;
import dev.flotilla.raft.ReadState;
import dev.flotilla.raft.Ready;
import dev.flotilla.raft.Role;
import dev.flotilla.raft.Snapshot;
import dev.flotilla.raft.SoftState;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.HashVerdict;
import dev.flotilla.raftstore.Invariants;
import dev.flotilla.raftstore.PlacementTask;
import dev.flotilla.raftstore.Quarantine;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.RegionMembers;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.apply.ApplyResult;
import dev.flotilla.raftstore.apply.ApplyTask;
import dev.flotilla.raftstore.apply.ExecResult;
import dev.flotilla.raftstore.apply.Proposal;
import dev.flotilla.raftstore.snap.RegionTask;
import dev.flotilla.raftstore.storage.PeerStorage;
import dev.flotilla.raftstore.storage.SnapshotExchange;
import dev.flotilla.raftstore.wire.RegionStates;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One replica of a region, on the store loop. Owns its raft group and leads its collaborators,
 * which never call back.
 *
 * <p>A readiness pass calls {@link #collect}, then, once the batches are written, {@link
 * #persisted}; again while {@link #hasReady}.
 */
public final class Peer {
  private final PeerContext context;
  private final PeerStorage storage;
  private final RawNode raft;
  private final TakenSnapshot taken;
  private final PeerMessages messages;
  private final Proposer proposer;
  private final PeerReads reads;
  private final PeerHealth health;
  private final LeaderTransfer transfer;
  private final PeerUpkeep upkeep;
  private final RoleReports reports;
  private final PeerHibernation hibernation;

  /** Whether this replica is being destroyed: it takes nothing any more. */
  private boolean removing;

  /** Whether the next readiness pass will look at this peer. */
  private boolean marked;

  /** Last index handed to the apply worker. */
  private long lastApplying;

  /** Collected and not yet persisted. */
  private @Nullable Ready ready;

  private Peer(PeerContext context, dev.flotilla.proto.metapb.Peer peer, PeerStorage storage) {
    this.context = context;
    this.storage = storage;
    this.raft = new RawNode(context.raftConfig(peer.getId(), storage), storage);
    this.health = new PeerHealth(context, peer.getId());
    if (raft.term() > RegionStates.INITIAL_TERM) {
      // Of a replica that was here before, perhaps without data: what it has promised still holds.
      health.assumeLeader();
    }
    DiskGuard disks = new DiskGuard(context.disks(), context.storeId(), health::isHeard);
    this.taken = new TakenSnapshot(raft, storage);
    this.messages =
        new PeerMessages(
            context.transport(),
            peer.toBuilder().clearRole().clearQuarantined().build(),
            context.disks(),
            new LeftBehind(raft, disks));
    this.proposer = new Proposer(context, raft, storage, disks);
    this.reads =
        new PeerReads(raft, storage, context.clock(), context.config().leaderLease().toNanos());
    this.transfer = new LeaderTransfer(raft, health, disks);
    this.upkeep = new PeerUpkeep(context);
    this.reports = new RoleReports(context);
    this.hibernation =
        new PeerHibernation(context.config(), raft, storage, messages, reads, health);
    this.lastApplying = storage.appliedIndex();
  }

  /**
   * A peer of a region that was just split off. Registers with the apply worker, and campaigns at
   * once when it is alone.
   */
  public static Peer create(PeerContext context, Region region) {
    Peer created = load(context, region);
    created.register();
    if (region.getPeersCount() == 1) {
      created.raft.campaign();
    }
    return created;
  }

  private static Peer load(PeerContext context, Region region) {
    dev.flotilla.proto.metapb.Peer peer =
        Invariants.present(
            Regions.peerOn(region, context.storeId()), "region without a peer on this store");
    return new Peer(context, peer, PeerStorage.load(context.engines(), region, exchange(context)));
  }

  /**
   * A peer that was here before a restart.
   *
   * @param installing whether its snapshot was accepted and is still to be installed
   */
  public static Peer restore(PeerContext context, Region region, boolean installing) {
    Peer restored = create(context, region);
    if (restored.isOutOfService() && !installing) {
      // In case a crash came before it was done; otherwise nothing happens.
      restored.keepEvidence("found out of service after a restart");
    }
    if (installing) {
      restored.taken.install(region);
    }
    return restored;
  }

  /**
   * The peer of a region whose accepted snapshot was damaged. It is as after a restart: what it has
   * promised is on disk. Without data it only votes, and asks for another snapshot.
   */
  public static Peer withoutData(PeerContext context, Region region) {
    Peer created = load(context, region);
    created.storage.snapshots().want();
    created.raft.awaitSnapshot();
    created.register();
    return created;
  }

  /** A peer of which only the ids are known, made because a leader or candidate asked for it. */
  public static Peer replicate(
      PeerContext context, long regionId, dev.flotilla.proto.metapb.Peer peer) {
    return new Peer(
        context, peer, PeerStorage.uninitialized(context.engines(), regionId, exchange(context)));
  }

  private static SnapshotExchange exchange(PeerContext context) {
    return new SnapshotExchange(
        context.storeId(),
        context.workers().snapshots(),
        context.workers().regions(),
        context.clock(),
        context.disks()::hasSpace);
  }

  private void register() {
    context
        .apply()
        .schedule(
            new ApplyTask.Registration(
                raft.id(), raft.term(), storage.applyState(), reads.appliedTerm(), region()));
  }

  /** The region as this replica sees it; only the id is set before the first snapshot. */
  public Region region() {
    return storage.region();
  }

  /** Whether the region's range and members are known. */
  public boolean isInitialized() {
    return Regions.isInitialized(region());
  }

  /**
   * This replica as its region lists it: clients look for the leader among the members and compare
   * all of it, the role included. Before the region is known, and after it left, its ids alone.
   */
  public dev.flotilla.proto.metapb.Peer peer() {
    dev.flotilla.proto.metapb.Peer member = RegionMembers.find(region(), raft.id());
    return member == null ? messages.self() : member;
  }

  /** Raft's view, to be looked at only. */
  public RawNode raft() {
    return raft;
  }

  /** What is stored, to be looked at only. */
  public PeerStorage storage() {
    return storage;
  }

  public boolean isLeader() {
    return raft.isLeader();
  }

  public long term() {
    return raft.term();
  }

  /** The region's leader as far as this replica knows, or null. */
  public dev.flotilla.proto.metapb.@Nullable Peer leader() {
    return messages.find(raft.leaderId(), region());
  }

  /**
   * Whether this peer leads and local data is right and holds everything that was ever
   * acknowledged.
   */
  public boolean isReadyToServe() {
    return isLeader() && reads.hasAppliedToCurrentTerm() && !isQuarantined();
  }

  /** Whether this peer serves, and the placement driver knows it. */
  boolean isKnownToServe() {
    return isReadyToServe() && reports.isKnown(raft.term());
  }

  /** Whether this replica's data was found to be wrong. */
  public boolean isQuarantined() {
    return Quarantine.includes(region(), raft.id());
  }

  /** Whether this replica's data is wrong, or may be, so that clients must not see it. */
  public boolean isOutOfService() {
    return Quarantine.isOutOfService(region(), raft.id());
  }

  /**
   * Lets a raft tick pass, when it does not hibernate; returns whether there may be something
   * ready.
   */
  public boolean tick() {
    if (removing) {
      return false;
    }
    hibernation.onTick();
    if (storage.snapshots().isInstalling()) {
      // An election would find a log that the data does not reach.
      return true;
    }
    reads.expireBefore(context.clock().nanos() - context.electionNanos());
    health.tick(region(), messages.self(), raft.leaderId());
    messages.tick(region());
    if (isLeader() && health.isNewsDue(region())) {
      reportToPlacement();
    }
    boolean proposed = upkeep.tick(this);
    // Again until somebody leads: the one asked may be behind, or the order may be lost.
    boolean yielding = isLeader() && (isQuarantined() ? handOver() : transfer.toSpace(region()));
    boolean ready = raft.tick();
    Message early = health.takeEarly(raft);
    if (early != null) {
      raft.step(early);
    }
    return ready || early != null || proposed || yielding;
  }

  /** Handles a message of another replica, which has passed the gate. */
  public void step(RaftMessage envelope, Message message) {
    if (!hibernation.admits(message)) {
      return;
    }
    messages.learn(envelope.getFromPeer(), region());
    health.onEpoch(envelope.getRegionEpoch());
    health.onHeard(raft, message);
    if (message.type() == MsgType.TIMEOUT_NOW
        && (raft.lastIndex() > message.index() || isQuarantined())) {
      // Given up since; its leader may trust its lease again.
      return;
    }
    if (raft.honoursLeader()) {
      health.keepEarly(message);
    }
    raft.step(message);
  }

  /** Whether this replica neither ticks nor is heard of. */
  public boolean isHibernating() {
    return hibernation.isOn();
  }

  /** Ends the hibernation of the region, if it hibernates: something is to be done, or amiss. */
  public void wakeUp() {
    hibernation.wakeUp();
  }

  /** How the region comes to hibernate, and wakes. */
  public PeerHibernation hibernation() {
    return hibernation;
  }

  /**
   * Whether {@code request}, for a vote, comes too early: leader leases may still rest on this
   * replica's not voting.
   */
  public boolean putsOff(Message request) {
    if (!health.heardLeaderWithin(context.electionNanos())) {
      return false;
    }
    health.keepEarly(request);
    return true;
  }

  /** Tells a peer that is in the region no more to go away. */
  public void sendTombstone(dev.flotilla.proto.metapb.Peer stale) {
    messages.sendTombstone(stale, region());
  }

  /**
   * Takes a command that was checked against this peer; {@code callback} is answered once.
   *
   * @param localReads takes a read that may be served from an engine snapshot of now
   */
  public void propose(RaftCmdRequest command, Callback callback, LocalReads localReads) {
    try {
      if (removing) {
        throw new Refusal.RegionNotFound(region().getId());
      }
      hibernation.onWork();
      CommandKind kind = CommandKind.of(command);
      switch (reads.inspect(kind, command.getHeader().getReadQuorum())) {
        case READ_LOCAL -> localReads.add(this, new Read(command, callback));
        case READ_INDEX -> {
          if (reads.readIndex(new Read(command, callback))) {
            // Its commit is what makes the lease good again.
            proposer.proposeNothing(region());
          }
        }
        case PROPOSE_NORMAL -> {
          proposer.propose(region(), command, callback);
          if (Proposer.isSplit(command)) {
            reads.onSplitProposed(raft.lastIndex());
          }
        }
        case PROPOSE_CONF_CHANGE ->
            proposer.proposeConfChange(region(), command, health::isHeard, callback);
        case PROPOSE_TRANSFER_LEADER -> {
          transferLeader(command.getAdminRequest());
          callback.done(RaftCmdResponse.getDefaultInstance());
        }
      }
    } catch (Refusal refusal) {
      callback.refused(refusal);
    }
  }

  /** Only advice: it may come to nothing. Observers may refuse it. */
  private void transferLeader(AdminRequest admin) {
    proposer.observed(region(), admin);
    transfer.to(admin.getTransferLeader().getPeer().getId(), region());
  }

  /**
   * Hands leadership to whoever is best for it, as this peer must not lead on; nobody may refuse.
   *
   * @return whether there was somebody
   */
  public boolean handOver() {
    if (!isLeader()) {
      return false;
    }
    wakeUp();
    return transfer.away(region());
  }

  /** Whether a readiness pass has something to do. */
  public boolean hasReady() {
    if (removing || storage.snapshots().isInstalling()) {
      return false;
    }
    if (raft.hasPendingSnapshot() && lastApplying != storage.appliedIndex()) {
      // The apply worker would write its older position over that of the snapshot.
      return false;
    }
    return raft.hasReady();
  }

  /**
   * First half of a readiness pass: hands those who wait to the apply worker, ahead of their
   * entries; lets the messages leave, and the entries be applied, that need not wait for the disk;
   * puts what must be kept into the batches.
   *
   * @return whether the raft batch must be synced before the second half
   */
  public boolean collect(WriteBatch kvBatch, WriteBatch raftBatch) {
    List<Proposal> waiting = proposer.takeWaiting();
    if (!waiting.isEmpty()) {
      context.apply().schedule(new ApplyTask.Proposals(region().getId(), raft.id(), waiting));
    }
    Ready collected = raft.ready();
    SoftState changed = collected.softState();
    if (changed != null) {
      onRoleChanged(changed);
    }
    send(collected.messages());
    taken.onCollected(collected);
    storage.persist(collected, kvBatch, raftBatch);
    if (isCommittedDurable(collected)) {
      apply(collected.committedEntries());
    }
    ready = collected;
    return collected.mustSync();
  }

  /**
   * Whether there is something to apply and the log holds it already: then nobody need wait for the
   * write of what came after it, which is other commands' fsync. Only a page that reaches into what
   * this pass writes has to wait for that.
   */
  private static boolean isCommittedDurable(Ready collected) {
    EntryList committed = collected.committedEntries();
    EntryList written = collected.entries();
    return !committed.isEmpty()
        && (written.isEmpty() || committed.last().index() < written.first().index());
  }

  /** Whether a snapshot was taken that is not installed yet. */
  public boolean awaitsSnapshot() {
    return taken.isAwaited();
  }

  /** Whether what was just collected has a snapshot, so that the region is another. */
  public boolean hasAcceptedSnapshot() {
    return taken.isCollected();
  }

  /** The lease starts before the first message of the term leaves, so this comes first. */
  private void onRoleChanged(SoftState state) {
    boolean leads = state.role() == Role.LEADER;
    reports.onRole(region(), raft.term(), leads);
    if (leads) {
      reads.onLeader();
      health.onLeader(region());
      return;
    }
    health.onFollower();
    proposer.onFollower();
    reads.onFollower(() -> new Refusal.NotLeader(region().getId(), leader()));
  }

  private void send(List<Message> batch) {
    for (int i = 0; i < batch.size(); i++) {
      if (batch.get(i).type() == MsgType.TIMEOUT_NOW) {
        reads.onTimeoutNow();
      }
    }
    messages.send(batch, region(), raft.lastIndex());
  }

  /**
   * Second half of a readiness pass: the batches are on disk.
   *
   * @param localReads takes reads that may be served from an engine snapshot of now
   */
  public void persisted(LocalReads localReads) {
    Ready collected = Invariants.present(ready, "persisted without a ready");
    ready = null;
    if (taken.isCollected()) {
      lastApplying = storage.appliedIndex();
      reads.onApplied(storage.applyState().getCommitTerm());
      register();
      taken.onPersisted(collected);
    } else {
      send(collected.messagesAfterPersist());
    }
    EntryList committed = collected.committedEntries();
    if (!committed.isEmpty() && !isCommittedDurable(collected)) {
      apply(committed);
    }
    for (ReadState state : collected.readStates()) {
      reads.onConfirmed(state);
    }
    raft.advanceAppend(collected);
    serveReads(localReads);
    if (!collected.readStates().isEmpty() && reads.isWaiting()) {
      // For what went to the worker before anyone waited for it.
      context.apply().schedule(new ApplyTask.Report(region().getId()));
    }
  }

  private void apply(EntryList committed) {
    if (isLeader()) {
      proposer.takeProposeTime(committed).ifPresent(reads::onCommitted);
    }
    upkeep.onCommitted(committed.encodedSize());
    lastApplying = committed.last().index();
    context
        .apply()
        .schedule(
            ApplyTask.Entries.of(
                region().getId(), raft.term(), committed, awaitsApplied(), isLeader()));
  }

  /**
   * Whether anything here goes on only when more is applied. Otherwise it is enough to learn of it
   * with the next turn.
   */
  private boolean awaitsApplied() {
    return reads.isWaiting() || !reads.hasAppliedToCurrentTerm() || raft.isApplyPaused();
  }

  /**
   * An apply worker has come further; what its results mean for this peer has been done before, so
   * that raft never thinks a change to be in effect that is not.
   */
  public void onApplied(ApplyResult.Applied result, LocalReads localReads) {
    storage.onApplied(result.applyState());
    upkeep.onApplied(result.metrics());
    reads.onApplied(result.appliedTerm());
    proposer.onApplied(result.applyState().getLastProposedAt());
    raft.advanceApplyTo(storage.appliedIndex());
    if (isReadyToServe() && reports.isDue(raft.term())) {
      reports.onServing(report());
    }
    serveReads(localReads);
  }

  private void serveReads(LocalReads localReads) {
    reads.takeReady(read -> localReads.add(this, read));
  }

  /** What the placement driver is told of a region that this peer leads. */
  private PlacementTask.Leads report() {
    if (hibernation.isOn()) {
      // Nobody is heard of, but their stores are.
      health.onLeader(region());
    }
    return health.report(
        region(), peer(), raft, storage.truncatedIndex(), upkeep.approximateBytes());
  }

  /** Tells the placement driver of this region, once this peer serves it. */
  public void reportToPlacement() {
    if (isReadyToServe()) {
      reports.report(report());
    } else if (isLeader()) {
      reports.postpone();
    }
  }

  /** The log was cut. */
  public void onCompacted(long firstIndex, long truncatedIndex) {
    storage.onCompacted(truncatedIndex);
    upkeep.onCompacted(region().getId(), firstIndex, truncatedIndex, raft.lastIndex());
  }

  /**
   * The members changed. Raft takes the members from a snapshot when it takes the snapshot; what is
   * applied after that of the log before it is in them already (TiKV's redundant conf change by
   * snapshot).
   */
  public void onMembersChanged(ExecResult.ChangePeer result) {
    Region before = region();
    Region changed = result.region();
    if (result.index() >= raft.firstIndex()) {
      raft.applyConfChange(result.change());
    }
    onRegionChanged(changed);
    if (isLeader()) {
      health.onMembersChanged(changed);
      upkeep.onMembersChanged(before, this);
      reportToPlacement();
    }
  }

  /**
   * The replicas were compared, and some differ: this one may be out of service now.
   *
   * @param changed the region once that is in effect
   */
  public void onVerdict(HashVerdict verdict, Region changed) {
    boolean wasOut = isOutOfService();
    onRegionChanged(changed);
    if (isOutOfService() && !wasOut) {
      proposer.refuseWaiting();
      keepEvidence(verdict.text(changed));
    }
    if (isQuarantined()) {
      reports.onRole(region(), raft.term(), false);
    }
    reportToPlacement();
  }

  /** Has the data of this replica, which is out of service, copied to where it stays. */
  private void keepEvidence(String why) {
    context
        .workers()
        .regions()
        .schedule(new RegionTask.Keep(region(), raft.id(), context.storeId(), why));
  }

  /** Tells the leader, if there is one, the hash of the data here as of {@code index}. */
  void reportHash(long index, ByteString hash) {
    dev.flotilla.proto.metapb.Peer leader = leader();
    if (leader != null) {
      messages.sendHashReport(leader, region(), index, hash);
    }
  }

  /** The region changed, as a log entry said. */
  public void onRegionChanged(Region changed) {
    storage.onRegionChanged(changed);
    messages.forgetStrangers();
  }

  /** Starts an election now: the region was split from one that is led here. */
  public void campaign() {
    wakeUp();
    raft.campaign();
  }

  /** A snapshot was built, or could not be. */
  public void onSnapshotBuilt(@Nullable Snapshot snapshot) {
    storage.snapshots().onBuilt(snapshot);
  }

  /** The installation of the accepted snapshot has ended; its answers may leave. */
  public void onSnapshotInstalled() {
    send(taken.onInstalled());
  }

  public void onUnreachable(long peerId) {
    wakeUp();
    raft.reportUnreachable(peerId);
  }

  public void onSnapshotStatus(long peerId, boolean received) {
    if (RegionMembers.find(region(), peerId) == null) {
      return;
    }
    if (!received) {
      storage.snapshots().onFailed(peerId);
    }
    raft.reportSnapshot(peerId, received);
  }

  /** What is done now and then for the region, besides replicating it. */
  public PeerUpkeep upkeep() {
    return upkeep;
  }

  /** Proposes a command of this node that nobody waits for, if this peer leads. */
  public void proposeAdmin(RaftCmdRequest command) {
    if (isLeader()) {
      propose(command, Callback.IGNORE, (unused, read) -> {});
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

  /** {@code proposed_at} of the newest write that reads here may see, unix milliseconds. */
  public long lastStampMillis() {
    return proposer.lastStampMillis();
  }

  /** From here on this replica takes nothing. */
  public void startRemoving() {
    removing = true;
  }

  /** Whether the region goes on without this replica, as its own log says. */
  public boolean isRemovedFromRegion() {
    return isInitialized() && RegionMembers.find(region(), raft.id()) == null;
  }

  public boolean isRemoving() {
    return removing;
  }

  /** Answers everyone who waits on the store loop. */
  public void stop(Refusal readsRefusal) {
    proposer.refuseWaiting();
    reads.stop(() -> readsRefusal);
    reports.onRole(region(), raft.term(), false);
  }

  @Override
  public String toString() {
    return "[region " + region().getId() + "] " + raft.id();
  }
}
