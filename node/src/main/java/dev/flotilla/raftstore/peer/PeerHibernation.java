package dev.flotilla.raftstore.peer;

import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_serverpb.Hibernation;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raft.Message;
import dev.flotilla.raft.MsgType;
import dev.flotilla.raft.ProgressState;
import dev.flotilla.raft.RawNode;
import dev.flotilla.raftstore.Quarantine;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.storage.PeerStorage;

/**
 * How a replica comes to hibernate and wakes; on the store loop. Which stores are alive meanwhile,
 * the store knows.
 *
 * <p>Invariant: what hibernates has no work that waits for ticks. Its leader's lease runs out
 * meanwhile, as it does without heartbeats that are answered.
 */
public final class PeerHibernation {
  private final RaftStoreConfig config;
  private final RawNode raft;
  private final PeerStorage storage;
  private final PeerMessages messages;
  private final PeerReads reads;
  private final PeerHealth health;
  private boolean hibernating;

  /** Ticks without work, of a leader. */
  private int idleTicks;

  PeerHibernation(
      RaftStoreConfig config,
      RawNode raft,
      PeerStorage storage,
      PeerMessages messages,
      PeerReads reads,
      PeerHealth health) {
    this.config = config;
    this.raft = raft;
    this.storage = storage;
    this.messages = messages;
    this.reads = reads;
    this.health = health;
  }

  boolean isOn() {
    return hibernating;
  }

  void onTick() {
    idleTicks++;
  }

  /** A command came. */
  void onWork() {
    wakeUp();
    idleTicks = 0;
  }

  /** A message of raft came; returns whether it is to be stepped. */
  boolean admits(Message message) {
    boolean isAnswer =
        message.type() == MsgType.HEARTBEAT_RESPONSE && message.term() == raft.term();
    if (isAnswer && hibernating) {
      // To the last heartbeat before. A replica that does not agree says so in other words.
      return false;
    }
    wakeUp(message.from() != raft.leaderId());
    if (!isAnswer) {
      idleTicks = 0;
    }
    return true;
  }

  /** Whether {@code self} leads a region that has had nothing to do for {@code hibernate-ticks}. */
  public boolean isIdle(Peer self) {
    int ticks = config.hibernateTicks();
    if (ticks == 0 || idleTicks < ticks || raft.hasReady()) {
      return false;
    }
    // Not at the same distance each time from the look whether a quorum is active, after which
    // nobody has been heard of yet.
    idleTicks = Math.max(0, ticks - config.electionTicks() - 1);
    Region region = storage.region();
    return isDone()
        && haveAllCaughtUp()
        && !self.isRemoving()
        && self.isKnownToServe()
        && self.upkeep().isIdle()
        && !Regions.isSystem(region)
        && !region.getDisputed()
        && Quarantine.first(region) == null
        && !health.isChanging(region);
  }

  private boolean isDone() {
    return raft.isLeader()
        && raft.committed() == raft.lastIndex()
        && raft.applied() == raft.lastIndex()
        && storage.appliedIndex() == raft.lastIndex()
        && raft.leadTransferee() == 0
        && raft.pendingReadCount() == 0
        && !reads.isWaiting();
  }

  private boolean haveAllCaughtUp() {
    boolean[] all = {true};
    raft.forEachProgress(
        (id, match, next, state, active, snapshot, learner) ->
            all[0] &=
                match == raft.lastIndex()
                    && active
                    && (id == raft.id() || state == ProgressState.REPLICATE));
    return all[0];
  }

  /** Has all replicas of the region hibernate, which is idle. */
  public void begin() {
    messages.sendHibernation(
        storage.region(),
        Hibernation.newBuilder().setTerm(raft.term()).setIndex(raft.lastIndex()).build());
    hibernating = true;
  }

  /**
   * The leader hibernates. {@code self} does as well if it is where the leader thinks; otherwise it
   * wakes the leader.
   *
   * @param isLeaderAlive whether its store is known to be alive
   */
  public void onNotice(Peer self, RaftMessage envelope, boolean isLeaderAlive) {
    if (!self.isRemoving() && isLeaderAlive && agrees(envelope)) {
      // This is its last heartbeat: when its store falls silent, only that silence counts.
      raft.step(
          Message.builder(MsgType.HEARTBEAT)
              .from(raft.leaderId())
              .to(raft.id())
              .term(raft.term())
              .commit(raft.committed())
              .build());
      hibernating = true;
    } else if (!raft.isLeader()) {
      messages.sendWakeUp(envelope.getFromPeer(), storage.region());
    }
  }

  private boolean agrees(RaftMessage envelope) {
    Hibernation state = envelope.getHibernation();
    return !raft.isLeader()
        && raft.leaderId() == envelope.getFromPeer().getId()
        && raft.term() == state.getTerm()
        && raft.lastIndex() == state.getIndex()
        && raft.committed() == state.getIndex()
        && !raft.hasReady()
        && !raft.hasPendingSnapshot()
        && !reads.isWaiting();
  }

  void wakeUp() {
    wakeUp(true);
  }

  private void wakeUp(boolean tellsLeader) {
    if (!hibernating) {
      return;
    }
    hibernating = false;
    idleTicks = 0;
    Region region = storage.region();
    dev.flotilla.proto.metapb.Peer leader = messages.find(raft.leaderId(), region);
    if (raft.isLeader()) {
      // All were well until now, or it would not have hibernated to now.
      health.onLeader(region);
      raft.ping();
    } else if (tellsLeader && leader != null) {
      messages.sendWakeUp(leader, region);
    }
  }

  /** Wakes: a store is silent. That of the leader has been for {@code ticks}. */
  public void onStoreSilent(int ticks) {
    wakeUp();
    for (int i = 0; i < ticks && !raft.isLeader(); i++) {
      // The silence counts, or nobody would stand for election before one more of that length.
      raft.tick();
    }
  }
}
