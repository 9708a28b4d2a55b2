package dev.flotilla.raftstore;

import com.google.protobuf.ByteString;
import dev.flotilla.engine.KeyRange;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import org.jspecify.annotations.Nullable;

/** Questions about a region's range, members and epoch. Keys are user keys, without data prefix. */
public final class Regions {
  /** The region that holds the placement driver's state. No client and no plugin sees it. */
  public static final long SYSTEM_REGION_ID = 4;

  private Regions() {}

  /** Whether this is the region of the placement driver. */
  public static boolean isSystem(Region region) {
    return region.getId() == SYSTEM_REGION_ID;
  }

  /** The region's range; an empty end means no upper bound. */
  public static KeyRange range(Region region) {
    return new KeyRange(region.getStartKey().toByteArray(), region.getEndKey().toByteArray());
  }

  /** Refuses a key outside of [start, end). */
  public static void checkKey(ByteString key, Region region) {
    if (!contains(region, key)) {
      throw new Refusal.KeyNotInRegion(key, region);
    }
  }

  /** Whether {@code key} lies in [start, end). */
  public static boolean contains(Region region, ByteString key) {
    return compare(key, region.getStartKey()) >= 0
        && (region.getEndKey().isEmpty() || compare(key, region.getEndKey()) < 0);
  }

  /** Whether {@code end} is an upper bound that the region can serve: not past its end. */
  public static boolean containsEnd(Region region, ByteString end) {
    return region.getEndKey().isEmpty()
        || (!end.isEmpty() && compare(end, region.getEndKey()) <= 0);
  }

  /** A region knows its range and members once it has peers. */
  public static boolean isInitialized(Region region) {
    return region.getPeersCount() > 0;
  }

  /** The region's peer on {@code storeId}, or null. */
  public static @Nullable Peer peerOn(Region region, long storeId) {
    // By position: this is asked for every message, and an iterator would be made each time.
    for (int i = 0; i < region.getPeersCount(); i++) {
      Peer peer = region.getPeers(i);
      if (peer.getStoreId() == storeId) {
        return peer;
      }
    }
    return null;
  }

  /** Unsigned order, as the engine orders keys. */
  public static int compare(ByteString left, ByteString right) {
    return ByteString.unsignedLexicographicalComparator().compare(left, right);
  }
}
