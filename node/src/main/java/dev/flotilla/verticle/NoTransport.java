package dev.flotilla.verticle;

import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.RaftStoreRouter;
import dev.flotilla.raftstore.Transport;

/** The transport of a node that knows no other: nobody can be reached, and the sender is told. */
public final class NoTransport implements Transport {
  private final RaftStoreRouter router;

  /**
   * @param router to the sender
   */
  public NoTransport(RaftStoreRouter router) {
    this.router = router;
  }

  @Override
  public void send(RaftMessage message) {
    if (message.getMessage().hasSnapshot()) {
      router.send(
          new Msg.SnapshotStatus(message.getRegionId(), message.getToPeer().getId(), false));
    }
    router.send(new Msg.Unreachable(message.getRegionId(), message.getToPeer().getId()));
  }

  @Override
  public void flush() {}
}
