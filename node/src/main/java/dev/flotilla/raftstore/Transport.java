package dev.flotilla.raftstore;

import dev.flotilla.proto.raft_serverpb.RaftMessage;

/**
 * The way to other stores. Used on the store loop; never blocks.
 *
 * <p>Messages may be lost, late, doubled or out of order. A message that is known to be lost is
 * told to the sender by {@link Msg.Unreachable}; what became of each snapshot, by {@link
 * Msg.SnapshotStatus}, always.
 */
public interface Transport {
  /** Takes a message for the store of its {@code to_peer}. It need not leave before a flush. */
  void send(RaftMessage message);

  /** Lets everything leave that was taken. */
  void flush();
}
