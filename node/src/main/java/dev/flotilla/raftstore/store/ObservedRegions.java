package dev.flotilla.raftstore.store;

import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.coprocessor.api.RegionChange;
import dev.flotilla.coprocessor.api.RegionChange.Kind;
import dev.flotilla.coprocessor.api.Role;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Regions;
import dev.flotilla.raftstore.peer.Peer;

/**
 * Tells observers which users' regions have a replica here. Invariant: of each they hear first that
 * it is created and last that it is destroyed; of one that does not know its region, nothing.
 */
final class ObservedRegions {
  private final CoprocessorHost coprocessors;

  ObservedRegions(CoprocessorHost coprocessors) {
    this.coprocessors = coprocessors;
  }

  void created(Peer peer) {
    tell(peer, Kind.CREATED);
  }

  /** The peer's region was {@code before}, and may be another one now. */
  void changed(Peer peer, Region before) {
    if (!Regions.isInitialized(before)) {
      created(peer);
    } else if (!before.getRegionEpoch().equals(peer.region().getRegionEpoch())) {
      tell(peer, Kind.UPDATED);
    }
  }

  void destroyed(Peer peer) {
    tell(peer, Kind.DESTROYED);
  }

  private void tell(Peer peer, Kind kind) {
    if (peer.isInitialized() && !Regions.isSystem(peer.region())) {
      boolean leads = peer.isLeader() && !peer.isQuarantined();
      Role role = leads ? Role.LEADER : Role.FOLLOWER;
      coprocessors.onRegionChanged(peer.region(), peer.term(), new RegionChange(kind, role));
    }
  }
}
