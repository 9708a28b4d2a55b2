package dev.flotilla.sim.cluster;

import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.proto.eraftpb.Entry;
import dev.flotilla.proto.eraftpb.MessageType;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import java.util.HashMap;
import java.util.Map;

/**
 * What a store sends of its logs in one turn. Invariant: no replica is sent more than what may be
 * on its way to it, whatever came in before: it would have to be held in memory.
 */
final class AppendVolume {
  /** Largest command of a simulation. */
  private static final long ENTRY_BYTES_MAX = 2048;

  private final long bytesMax;
  private final Map<Long, Long> bytesByPeer = new HashMap<>();

  AppendVolume(RaftStoreConfig config) {
    long window = config.inflightBytesMax() + Math.max(config.messageBytesMax(), ENTRY_BYTES_MAX);
    // A probe and its window, should the probe be answered in the same turn.
    this.bytesMax = 2 * window;
  }

  void beginTurn() {
    bytesByPeer.clear();
  }

  void onSend(RaftMessage message) {
    if (message.getMessage().getMsgType() != MessageType.MsgAppend) {
      return;
    }
    long bytes = 0;
    for (Entry entry : message.getMessage().getEntriesList()) {
      bytes += entry.getData().size();
    }
    long peer = message.getToPeer().getId();
    long sum = bytesByPeer.merge(peer, bytes, Long::sum);
    Violation.check(
        sum <= bytesMax,
        "replica %s was sent %s bytes of its region's log in one turn, more than %s",
        peer,
        sum,
        bytesMax);
  }
}
