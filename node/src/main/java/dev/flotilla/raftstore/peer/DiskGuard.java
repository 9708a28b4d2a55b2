package dev.flotilla.raftstore.peer;

import dev.flotilla.proto.disk_usage.DiskUsage;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.CmdType;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.raft.Message;
import dev.flotilla.raft.MsgType;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.wire.LoggedCommands;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * What the leader of a region does without while disks have little space left.
 *
 * <p>An engine whose disk is full fails, and its process ends. Before that, what adds data is
 * refused ({@link DiskUsage#AlmostFull}), so that deletes, changes of members and the cutting of
 * logs still have space, and then all writes of clients ({@link DiskUsage#AlreadyFull}). That is
 * for the leader's disk to say, and for a majority of those that are heard of: as long as that has
 * space, a full follower is left behind instead, and caught up when it has space again. TiKV does
 * likewise.
 *
 * <p>The system region goes on whatever the disks say: it is small, and nothing gets better without
 * a driver.
 */
final class DiskGuard {
  private final StoreDisks disks;
  private final long storeId;
  private final LongPredicate heard;

  /**
   * @param storeId this store
   * @param heard whether a leader has heard of a peer lately
   */
  DiskGuard(StoreDisks disks, long storeId, LongPredicate heard) {
    this.disks = disks;
    this.storeId = storeId;
    this.heard = heard;
  }

  /**
   * Checks that there is space for a command that is to be logged here.
   *
   * @throws Refusal.DiskFull when there is not
   */
  void check(Region region, RaftCmdRequest command) {
    if (disks.areWell() || command.hasAdminRequest() || Regions.isSystem(region)) {
      return;
    }
    DiskUsage limit = addsData(command) ? DiskUsage.AlmostFull : DiskUsage.AlreadyFull;
    List<Long> stores =
        region.getPeersList().stream()
            .map(Peer::getStoreId)
            .filter(store -> disks.isShort(store, limit))
            .toList();
    if (disks.isShort(storeId, limit)) {
      throw new Refusal.DiskFull(List.of(storeId), limit == DiskUsage.AlreadyFull);
    }
    if (!stores.isEmpty() && !hasQuorum(region, limit)) {
      throw new Refusal.DiskFull(stores, limit == DiskUsage.AlreadyFull);
    }
  }

  private static boolean addsData(RaftCmdRequest command) {
    for (int i = 0; i < command.getRequestsCount(); i++) {
      CmdType type = command.getRequests(i).getCmdType();
      if (type == CmdType.Put || type == CmdType.CompareAndSwap) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether {@code message} is to be lost on its way to {@code peer}, who is left behind: it brings
   * data.
   */
  boolean withholds(Message message, Region region, Peer peer) {
    return message.type() == MsgType.APPEND
        && leavesBehind(region, peer)
        && LoggedCommands.haveData(message.entries());
  }

  /** Whether {@code peer} has a full disk, and enough others have space. */
  boolean leavesBehind(Region region, Peer peer) {
    return !disks.areWell()
        && disks.isShort(peer.getStoreId(), DiskUsage.AlreadyFull)
        && !Regions.isSystem(region)
        && hasQuorum(region, DiskUsage.AlreadyFull);
  }

  /** Whether a leader of {@code region} here stands in its way, for its disk alone is short. */
  boolean holdsBack(Region region) {
    return !disks.areWell()
        && disks.isShort(storeId, DiskUsage.AlmostFull)
        && !Regions.isSystem(region)
        && hasQuorum(region, DiskUsage.AlmostFull);
  }

  /** Whether the disk of {@code peer} has space for more data. */
  boolean hasSpace(Peer peer) {
    return disks.hasSpace(peer.getStoreId());
  }

  /** Whether {@code peer} would have to refuse, as a leader, what is taken here. */
  boolean isWorseOff(Peer peer) {
    return !hasSpace(peer) && disks.hasSpace(storeId);
  }

  /** Whether those with space are a quorum, of both halves while the members change. */
  private boolean hasQuorum(Region region, DiskUsage limit) {
    return hasMajority(region, limit, PeerRole.DemotingVoter)
        && hasMajority(region, limit, PeerRole.IncomingVoter);
  }

  private boolean hasMajority(Region region, DiskUsage limit, PeerRole without) {
    int voters = 0;
    int ample = 0;
    for (int i = 0; i < region.getPeersCount(); i++) {
      Peer peer = region.getPeers(i);
      if (peer.getRole() != PeerRole.Learner && peer.getRole() != without) {
        voters++;
        // The space of the dead is of no use.
        if (!disks.isShort(peer.getStoreId(), limit)
            && (peer.getStoreId() == storeId || heard.test(peer.getId()))) {
          ample++;
        }
      }
    }
    return ample > voters / 2;
  }
}
