package dev.flotilla.raftstore.peer;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raft.RawNode;
import dev.flotilla.raftstore.Comparison;
import dev.flotilla.raftstore.HashVerdict;
import dev.flotilla.raftstore.apply.ApplyMetrics;
import dev.flotilla.raftstore.storage.PeerStorage;
import dev.flotilla.raftstore.task.LogGcTask;
import java.time.Duration;

/**
 * What is done now and then for a region: its log shortened, its size and consistency watched,
 * those who left it sent away.
 */
public final class PeerUpkeep {
  /** How long a comparison may take, from its start until its verdict is known everywhere. */
  private static final long COMPARISON_NANOS = Duration.ofMinutes(1).toNanos();

  /** Longer than any region has waited. */
  private static final long LONG_NANOS = Duration.ofDays(3650).toNanos();

  private final PeerContext context;
  private final LogGc logGc;
  private final RegionSizeHint size = new RegionSizeHint();
  private final ConsistencyState consistency = new ConsistencyState();
  private final RemovedPeers removed;
  private long checkedNanos;

  PeerUpkeep(PeerContext context) {
    this.context = context;
    this.logGc = new LogGc(context.config());
    this.removed =
        new RemovedPeers(context.config().heartbeatTicks(), context.config().electionTicks());
    this.checkedNanos = context.clock().nanos();
  }

  void onCommitted(long bytes) {
    logGc.onCommitted(bytes);
  }

  void onApplied(ApplyMetrics metrics) {
    size.onApplied(metrics.sizeDiffHint(), metrics.deletedKeys());
  }

  void onCompacted(long regionId, long firstIndex, long truncatedIndex, long lastIndex) {
    long from = logGc.onCompacted(firstIndex, truncatedIndex, lastIndex);
    context.logGc().schedule(new LogGcTask(regionId, from, truncatedIndex + 1));
  }

  /** Proposes to shorten the log of a region that {@code peer} leads, if it is worth it. */
  public void gcLog(Peer peer) {
    RawNode raft = peer.raft();
    PeerStorage storage = peer.storage();
    if (!raft.isLeader()) {
      return;
    }
    long index = logGc.compactIndex(raft, storage);
    if (index > 0) {
      peer.proposeAdmin(
          AdminCommands.compactLog(peer.region().getId(), index, storage.term(index)));
      logGc.onProposed(raft);
    }
  }

  /** Whether the region has grown so much that it should be measured; counts anew if so. */
  public boolean takeSplitCheck() {
    return size.takeCheck(context.region().splitCheckDiffBytes(), context.region().bytesMax());
  }

  /** Whether so much was deleted that a compaction is worth it; counts anew if so. */
  public boolean takeCompaction() {
    return size.takeCompaction(context.region().compactDeletedKeys());
  }

  /** The region was measured. */
  public void onMeasured(long bytes) {
    size.onMeasured(bytes);
  }

  /** The region was cut: it is to be measured at the next opportunity. */
  public void onSplit() {
    size.reset();
  }

  /**
   * The region was cut off {@code parent}'s, and was compared as a part of that. If the verdict is
   * still to come it will not be told of this region, so that this one's turn comes next.
   */
  public void onBorn(PeerUpkeep parent) {
    long now = context.clock().nanos();
    checkedNanos =
        now - parent.checkedNanos < COMPARISON_NANOS ? now - LONG_NANOS : parent.checkedNanos;
  }

  long approximateBytes() {
    return size.approximateBytes();
  }

  /** When the replicas were last compared, nanoseconds of the clock. */
  public long checkedNanos() {
    return checkedNanos;
  }

  /** Has all replicas hash their data as of one index. */
  public void checkConsistency(Peer peer) {
    checkedNanos = context.clock().nanos();
    peer.proposeAdmin(AdminCommands.computeHash(peer.region().getId()));
  }

  /** How far the last comparison has come, if {@code peer} leads. */
  public Comparison comparison(Peer peer) {
    return peer.isLeader() ? consistency.comparison(peer.region()) : Comparison.NONE;
  }

  /** This replica's hash is known: the leader is to know it, too. */
  public void onHashComputed(Peer peer, long index, ByteString hash) {
    peer.wakeUp();
    consistency.take(peer.peer().getId(), index, hash);
    if (peer.isLeader()) {
      tellVerdict(peer);
    } else {
      peer.reportHash(index, hash);
    }
  }

  /** A replica of the region that {@code peer} leads has reported its hash. */
  public void onHashReport(Peer peer, long reporterId, long index, ByteString hash) {
    if (peer.isLeader()) {
      consistency.take(reporterId, index, hash);
      tellVerdict(peer);
    }
  }

  /** The leader's verdict came by the log. It may have been passed without this replica. */
  public void onVerdict(Peer peer, HashVerdict verdict) {
    ByteString unheard = consistency.missingFrom(verdict, peer.peer().getId());
    if (unheard != null && !peer.isLeader()) {
      peer.reportHash(verdict.index(), unheard);
    }
  }

  /** The region that {@code leader} leads has other members than {@code before}. */
  void onMembersChanged(Region before, Peer leader) {
    removed.onMembersChanged(before, leader);
  }

  /** Whether nothing here waits for ticks. */
  boolean isIdle() {
    return consistency.isIdle() && removed.isEmpty();
  }

  /** Lets a tick pass; returns whether something was proposed. */
  boolean tick(Peer peer) {
    removed.tick(peer);
    // Who has not reported by then may never do so.
    return consistency.tick() && peer.isLeader() && tellVerdict(peer);
  }

  private boolean tellVerdict(Peer peer) {
    HashVerdict verdict = consistency.takeVerdict(peer.region());
    if (verdict == null) {
      return false;
    }
    long last = peer.raft().lastIndex();
    peer.proposeAdmin(AdminCommands.verifyHash(peer.region().getId(), verdict));
    boolean said = peer.raft().lastIndex() > last;
    if (!said) {
      // Leadership is being handed over, say. A replica that is wrong must not serve until the
      // region's turn comes again.
      consistency.untell();
    }
    return said;
  }
}
