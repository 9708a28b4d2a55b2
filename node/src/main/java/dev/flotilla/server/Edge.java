package dev.flotilla.server;

import com.google.protobuf.ByteString;
import dev.flotilla.engine.Keys;
import dev.flotilla.proto.kvrpcpb.APIVersion;
import dev.flotilla.proto.kvrpcpb.Context;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.store.Bootstrap;
import org.jspecify.annotations.Nullable;

/**
 * The end of the key space as clients see it. Behind it lies the system region, which they never
 * see: to them the last user region has no end.
 */
final class Edge {
  private static final ByteString RESERVED = ByteString.copyFrom(Keys.reserved());

  private Edge() {}

  /** Whether clients may know of this region. */
  static boolean isVisible(Region region) {
    return region.getId() != Bootstrap.SYSTEM_REGION_ID;
  }

  /** The region as clients see it. */
  static Region out(Region region) {
    return region.getEndKey().equals(RESERVED) ? region.toBuilder().clearEndKey().build() : region;
  }

  /** An end that a client sent, cut where the user's key space ends; empty stays empty. */
  static ByteString clampEnd(ByteString end) {
    return Regions.compare(end, RESERVED) > 0 ? RESERVED : end;
  }

  /** Refuses a request that names the system region. */
  static void checkRegion(long regionId) {
    if (regionId == Bootstrap.SYSTEM_REGION_ID) {
      throw new Refusal.RegionNotFound(regionId);
    }
  }

  /** What is wrong with the API version that a request speaks, or null. */
  static @Nullable String versionMismatch(String method, Context context) {
    if (context.getApiVersion() != APIVersion.V2
        && context.getApiVersion() != APIVersion.UNRECOGNIZED) {
      return null;
    }
    return "Api version in request does not match with TiKV storage, cmd "
        + method
        + ", storage: V1, request: "
        + context.getApiVersionValue();
  }

  /** Whether a key is beyond what clients may use. */
  static boolean isReserved(ByteString key) {
    return Regions.compare(key, RESERVED) >= 0;
  }
}
