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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which stores have little space left on their disks, and what their regions do without meanwhile.
 * On the store loop.
 *
 * <p>An engine whose disk is full fails, and its process ends. Before that, what adds data is
 * refused ({@link DiskUsage#AlmostFull}), so that deletes, changes of members and the cutting of
 * logs still have space, and then all writes of clients ({@link DiskUsage#AlreadyFull}). That is
 * for the leader's disk to say, and for a majority of the region's: as long as that has space, a
 * full follower is left behind instead, and caught up when it has space again. TiKV does likewise.
 *
 * <p>The system region goes on whatever the disks say: it is small, and nothing gets better without
 * a driver.
 */
public final class StoreDisks {
  private final long storeId;

  /** Stores with less than their reserve left. Hardly ever is there one. */
  private final Map<Long, DiskUsage> scarce = new HashMap<>();

  /**
   * @param storeId this store
   */
  public StoreDisks(long storeId) {
    this.storeId = storeId;
  }

  /** This store's disk, or another's as its last message says. */
  public void onUsage(long store, DiskUsage usage) {
    if (usage == DiskUsage.AlmostFull || usage == DiskUsage.AlreadyFull) {
      scarce.put(store, usage);
    } else if (!scarce.isEmpty()) {
      scarce.remove(store);
    }
  }

  /** What this store says of its disk in its messages. */
  public DiskUsage own() {
    return usage(storeId);
  }

  private DiskUsage usage(long store) {
    return scarce.isEmpty() ? DiskUsage.Normal : scarce.getOrDefault(store, DiskUsage.Normal);
  }

  /**
   * Checks that there is space for a command that is to be logged here.
   *
   * @throws Refusal.DiskFull when there is not
   */
  void check(Region region, RaftCmdRequest command) {
    if (scarce.isEmpty() || command.hasAdminRequest() || Regions.isSystem(region)) {
      return;
    }
    DiskUsage limit = addsData(command) ? DiskUsage.AlmostFull : DiskUsage.AlreadyFull;
    if (isShort(storeId, limit)) {
      throw new Refusal.DiskFull(List.of(storeId), limit == DiskUsage.AlreadyFull);
    }
    if (!hasQuorum(region, limit)) {
      List<Long> stores = new ArrayList<>();
      for (Peer peer : region.getPeersList()) {
        if (isShort(peer.getStoreId(), limit)) {
          stores.add(peer.getStoreId());
        }
      }
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
   * Whether {@code message} is to be lost on its way to {@code peer}: it brings data to a full
   * disk, and enough others have space for it.
   */
  boolean withholds(Message message, Region region, Peer peer) {
    return !scarce.isEmpty()
        && message.type() == MsgType.APPEND
        && isShort(peer.getStoreId(), DiskUsage.AlreadyFull)
        && !Regions.isSystem(region)
        && hasQuorum(region, DiskUsage.AlreadyFull)
        && LoggedCommands.haveData(message.entries());
  }

  /** Whether the leader of {@code region} here stands in its way, for its disk alone is short. */
  boolean holdsBack(Region region) {
    return !scarce.isEmpty()
        && isShort(storeId, DiskUsage.AlmostFull)
        && !Regions.isSystem(region)
        && hasQuorum(region, DiskUsage.AlmostFull);
  }

  /** Whether the disk of {@code store} has space for more data. */
  boolean hasSpace(long store) {
    return !isShort(store, DiskUsage.AlmostFull);
  }

  private boolean isShort(long store, DiskUsage limit) {
    return usage(store).compareTo(limit) >= 0;
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
        if (!isShort(peer.getStoreId(), limit)) {
          ample++;
        }
      }
    }
    return ample > voters / 2;
  }
}
