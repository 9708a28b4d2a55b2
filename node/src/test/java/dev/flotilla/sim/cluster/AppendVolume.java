package dev.flotilla.sim.cluster;

import dev.flotilla.config.RaftStoreConfig;
import dev.flotilla.proto.eraftpb.Entry;
import dev.flotilla.proto.eraftpb.Message;
import dev.flotilla.proto.eraftpb.MessageType;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raftstore.Msg;
import java.util.HashMap;
import java.util.Map;

/**
 * What a store sends of its logs in one turn. Invariants: no replica is sent more than what may be
 * on its way to it, whatever came in before, as it would have to be held in memory; and what
 * follows each other and fits into one message is in one, which costs the least.
 */
final class AppendVolume {
  /** Largest command of a simulation. */
  private static final long ENTRY_BYTES_MAX = 4096;

  private final long windowBytes;
  private final long messageBytesMax;
  private final Map<Long, Long> bytesByPeer = new HashMap<>();
  private final Map<Long, Integer> lossesByPeer = new HashMap<>();
  private final Map<Long, Message> lastByPeer = new HashMap<>();

  AppendVolume(RaftStoreConfig config) {
    this.windowBytes =
        config.inflightBytesMax() + Math.max(config.messageBytesMax(), ENTRY_BYTES_MAX);
    this.messageBytesMax = config.messageBytesMax();
  }

  void beginTurn() {
    bytesByPeer.clear();
    lossesByPeer.clear();
    lastByPeer.clear();
  }

  /**
   * The store takes {@code message} in. After word that something to a replica was lost, or its no
   * to what does not follow, what was on its way counts no more.
   */
  void onMessage(Msg message) {
    if (message instanceof Msg.Unreachable lost) {
      lossesByPeer.merge(lost.peerId(), 1, Integer::sum);
    } else if (message instanceof Msg.Raft answer && answer.message().getMessage().getReject()) {
      lossesByPeer.merge(answer.message().getFromPeer().getId(), 1, Integer::sum);
    }
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
    // A probe and its window, should it be answered in the same turn; and after each loss again.
    long bytesMax = (2 + lossesByPeer.getOrDefault(peer, 0)) * windowBytes;
    Violation.check(
        sum <= bytesMax,
        "replica %s was sent %s bytes of its region's log in one turn, more than %s",
        peer,
        sum,
        bytesMax);
    Message append = message.getMessage();
    Message last = lastByPeer.put(peer, append);
    Violation.check(
        last == null
            || append.getEntriesCount() == 0
            || append.getIndex() != last.getIndex() + last.getEntriesCount()
            || last.getSerializedSize() + append.getSerializedSize() > messageBytesMax,
        "replica %s was sent two messages where one would do: %s %s",
        peer,
        last,
        append);
  }
}
