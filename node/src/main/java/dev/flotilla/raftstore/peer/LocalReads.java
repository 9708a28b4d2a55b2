package dev.flotilla.raftstore.peer;

import dev.flotilla.raftstore.Callback;

/** Collects the reads of a turn that may be served from one engine snapshot, to be taken after. */
public interface LocalReads {
  /** {@code reader} may read {@code peer}'s region as of now or later. */
  void add(Peer peer, Callback reader);
}
