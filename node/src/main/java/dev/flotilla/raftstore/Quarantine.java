package dev.flotilla.raftstore;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import org.jspecify.annotations.Nullable;

/**
 * Which replicas serve nothing because their data is wrong, or may be. It is part of the region, so
 * that it is replicated, kept, split and reported like the members are.
 */
public final class Quarantine {
  private Quarantine() {}

  /** Whether the data of this peer was found to be wrong. */
  public static boolean includes(Region region, long peerId) {
    Peer peer = RegionMembers.find(region, peerId);
    return peer != null && peer.getQuarantined();
  }

  /** Whether this peer must serve nothing. */
  public static boolean isOutOfService(Region region, long peerId) {
    return region.getDisputed() || includes(region, peerId);
  }

  /** The first replica in quarantine, or null. */
  public static @Nullable Peer first(Region region) {
    for (int i = 0; i < region.getPeersCount(); i++) {
      if (region.getPeers(i).getQuarantined()) {
        return region.getPeers(i);
      }
    }
    return null;
  }
}
