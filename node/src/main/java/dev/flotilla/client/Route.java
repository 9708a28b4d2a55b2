package dev.flotilla.client;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.kvrpcpb.Context;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.metapb.Store;

/**
 * Where the requests for a range of keys go.
 *
 * @param region the range and its epoch
 * @param leader the replica that leads it, as far as is known
 * @param store where that is
 * @param calls to that store
 */
record Route(Region region, Peer leader, Store store, StoreCalls calls) {
  /** The context of a request. */
  Context context() {
    return Context.newBuilder()
        .setRegionId(region.getId())
        .setRegionEpoch(region.getRegionEpoch())
        .setPeer(leader)
        .build();
  }

  boolean contains(ByteString key) {
    return region.getEndKey().isEmpty()
        || ByteString.unsignedLexicographicalComparator().compare(key, region.getEndKey()) < 0;
  }
}
