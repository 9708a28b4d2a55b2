package dev.flotilla.coprocessor;

import dev.flotilla.coprocessor.api.Bytes;
import dev.flotilla.coprocessor.api.PeerView;
import dev.flotilla.coprocessor.api.RegionView;
import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.PeerRole;
import dev.flotilla.proto.metapb.Region;
import java.util.List;

/** A region as plugins see it. */
record ProtoRegion(Region region) implements RegionView {

  static PeerView peer(Peer peer) {
    return new PeerView(peer.getId(), peer.getStoreId(), peer.getRole() == PeerRole.Learner);
  }

  @Override
  public long id() {
    return region.getId();
  }

  @Override
  public Bytes startKey() {
    return ProtoBytes.of(region.getStartKey());
  }

  @Override
  public Bytes endKey() {
    return ProtoBytes.of(region.getEndKey());
  }

  @Override
  public long version() {
    return region.getRegionEpoch().getVersion();
  }

  @Override
  public long confVersion() {
    return region.getRegionEpoch().getConfVer();
  }

  @Override
  public List<PeerView> peers() {
    return region.getPeersList().stream().map(ProtoRegion::peer).toList();
  }
}
