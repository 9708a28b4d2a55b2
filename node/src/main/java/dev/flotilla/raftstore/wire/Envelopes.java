package dev.flotilla.raftstore.wire;

import dev.flotilla.proto.disk_usage.DiskUsage;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.RegionEpoch;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raft.Message;

/** What is around a message from one peer to another: who they are, and of which region. */
public final class Envelopes {
  private Envelopes() {}

  /**
   * An envelope with nothing in it yet.
   *
   * @param epoch of the region as the sender knows it
   * @param usage of the sender's disks
   */
  public static RaftMessage.Builder of(
      long regionId, RegionEpoch epoch, Peer from, Peer to, DiskUsage usage) {
    return RaftMessage.newBuilder()
        .setRegionId(regionId)
        .setRegionEpoch(epoch)
        .setFromPeer(from)
        .setToPeer(to)
        .setDiskUsage(usage);
  }

  /**
   * Whether the message makes a replica where there is none. Its sender says of which range then,
   * and its receiver makes none that would overlap another.
   */
  public static boolean mayCreatePeer(Message message) {
    return switch (message.type()) {
      case VOTE, PRE_VOTE -> true;
      case HEARTBEAT -> message.commit() == 0;
      default -> false;
    };
  }
}
