package dev.flotilla.raftstore.store;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.raftstore.Comparison;
import dev.flotilla.raftstore.Quarantine;

/**
 * How one replica is doing, at one moment.
 *
 * @param region as this replica sees it
 * @param peerId this replica
 * @param leader who leads, as far as this replica knows; without an id when it does not
 * @param leading whether this one does
 * @param serving whether it leads and has applied an entry of its term
 * @param hibernating whether it neither ticks nor is heard of, as the region has nothing to do
 * @param term raft term
 * @param firstIndex first log index that can be read
 * @param appliedIndex last log index applied
 * @param lastIndex last log index
 * @param comparison how far the last one of the region's replicas has come, if this one leads
 */
public record RegionStatus(
    Region region,
    long peerId,
    Peer leader,
    boolean leading,
    boolean serving,
    boolean hibernating,
    long term,
    long firstIndex,
    long appliedIndex,
    long lastIndex,
    Comparison comparison) {

  /** Whether this replica is out of service because its data is wrong. */
  public boolean quarantined() {
    return Quarantine.includes(region, peerId);
  }

  static RegionStatus of(dev.flotilla.raftstore.peer.Peer peer) {
    Peer leader = peer.leader();
    return new RegionStatus(
        peer.region(),
        peer.peer().getId(),
        leader == null ? Peer.getDefaultInstance() : leader,
        peer.isLeader(),
        peer.isReadyToServe(),
        peer.isHibernating(),
        peer.term(),
        peer.storage().firstIndex(),
        peer.storage().appliedIndex(),
        peer.raft().lastIndex(),
        peer.upkeep().comparison(peer));
  }
}
