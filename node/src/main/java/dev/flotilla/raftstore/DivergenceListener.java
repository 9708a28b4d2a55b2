package dev.flotilla.raftstore;

import dev.flotilla.proto.metapb.Peer;
import dev.flotilla.proto.metapb.Region;

/** Told when replicas of a region turn out to hold different data. */
@FunctionalInterface
public interface DivergenceListener {
  /**
   * The data of {@code peer}, which is this store's, differs from its leader's.
   *
   * @param index log index as of which they differ
   */
  void onDivergence(Region region, Peer peer, long index);
}
