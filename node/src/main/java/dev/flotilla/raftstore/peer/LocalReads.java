package dev.flotilla.raftstore.peer;

/** Collects the reads of a turn that may be served from one engine snapshot, to be taken after. */
public interface LocalReads {
  /** {@code read} may see {@code peer}'s region as of now or later. */
  void add(Peer peer, Read read);
}
