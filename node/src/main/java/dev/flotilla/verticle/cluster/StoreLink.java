package dev.flotilla.verticle.cluster;

import dev.flotilla.proto.eraftpb.MessageType;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raftstore.Clock;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Raft messages on their way to one store. Used on the store loop.
 *
 * <p>Invariant: what is sent and not credited stays below the window, for the event bus would queue
 * without bound. What does not fit is dropped and the peer reported; raft sends it again. Messages
 * that keep leaders alive and elect them go first and have room of their own.
 */
final class StoreLink {
  /** Room beyond the window for messages without entries. */
  private static final long RESERVE_BYTES = 256 * 1024;

  /** Silence after which what is on its way counts as lost. */
  private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** A peer of a region, on the other store. */
  record Target(long regionId, long peerId) {}

  /** What a link needs from outside. */
  interface Wire {
    /** Writes a frame; the future fails when it certainly does not arrive. */
    Future<Void> write(long storeId, Buffer frame);

    /** Messages to a peer were lost. */
    void unreachable(Target target);

    /** Runs a task on the store loop, later. */
    void later(Runnable task);
  }

  private record Sent(long sequence, long bytes, Set<Target> targets) {}

  private final long clusterId;
  private final long selfId;
  private final long storeId;
  private final long windowBytes;
  private final int frameBytes;
  private final Clock clock;
  private final Wire wire;
  private final List<RaftMessage> urgent = new ArrayList<>();
  private final List<RaftMessage> bulk = new ArrayList<>();
  private final ArrayDeque<Sent> sent = new ArrayDeque<>();
  private final OwedCredit owed = new OwedCredit();
  private long session;
  private long sequence;
  private long sentBytes;

  /** When something was last heard of the other side, or sent into silence. */
  private long heardNanos;

  StoreLink(
      long clusterId,
      long selfId,
      long storeId,
      long session,
      long windowBytes,
      int frameBytes,
      Clock clock,
      Wire wire) {
    this.clusterId = clusterId;
    this.selfId = selfId;
    this.storeId = storeId;
    this.session = session;
    this.windowBytes = windowBytes;
    this.frameBytes = frameBytes;
    this.clock = clock;
    this.wire = wire;
  }

  void add(RaftMessage message) {
    MessageType type = message.getMessage().getMsgType();
    boolean carriesEntries =
        type == MessageType.MsgAppend && message.getMessage().getEntriesCount() > 0;
    (carriesEntries ? bulk : urgent).add(message);
  }

  /** Sends what was added. */
  void flush() {
    if (urgent.isEmpty() && bulk.isEmpty()) {
      if (owed.isDue(clock.nanos())) {
        sendCredit();
      }
      return;
    }
    giveUpLost();
    send(urgent, windowBytes + RESERVE_BYTES);
    send(bulk, windowBytes);
  }

  /** A frame of the other side has been taken in by the store loop. */
  void onTaken(Frame.Credit frame, int bytes) {
    owed.add(frame, bytes, clock.nanos());
  }

  private void sendCredit() {
    // Lost word is made good by the next.
    wire.write(storeId, Frame.write(clusterId, selfId, session, 0, owed.take(), List.of(), 0));
  }

  private void send(List<RaftMessage> messages, long limit) {
    int from = 0;
    int bytes = 0;
    for (int i = 0; i < messages.size(); i++) {
      int size = messages.get(i).getSerializedSize();
      if (i > from && bytes + size > frameBytes) {
        sendFrame(messages.subList(from, i), bytes, limit);
        from = i;
        bytes = 0;
      }
      bytes += size;
    }
    if (from < messages.size()) {
      sendFrame(messages.subList(from, messages.size()), bytes, limit);
    }
    messages.clear();
  }

  private void sendFrame(List<RaftMessage> messages, int bytes, long limit) {
    Set<Target> targets = new LinkedHashSet<>();
    for (RaftMessage message : messages) {
      targets.add(new Target(message.getRegionId(), message.getToPeer().getId()));
    }
    // A frame larger than the window goes alone.
    if (sentBytes > 0 && sentBytes + bytes > limit) {
      targets.forEach(wire::unreachable);
      return;
    }
    if (sent.isEmpty()) {
      heardNanos = clock.nanos();
    }
    long number = ++sequence;
    long inSession = session;
    sent.addLast(new Sent(number, bytes, targets));
    sentBytes += bytes;
    wire.write(
            storeId,
            Frame.write(clusterId, selfId, inSession, number, owed.take(), messages, bytes))
        .onFailure(failure -> wire.later(() -> onLost(inSession, number)));
  }

  /**
   * How far the other side has taken in what was sent.
   *
   * @return whether that is further than it was
   */
  boolean onCredit(Frame.Credit credit) {
    if (credit.session() != session) {
      return false;
    }
    heardNanos = clock.nanos();
    boolean further = false;
    while (!sent.isEmpty() && sent.peekFirst().sequence() <= credit.sequence()) {
      sentBytes -= sent.removeFirst().bytes();
      further = true;
    }
    return further;
  }

  private void onLost(long ofSession, long number) {
    if (ofSession != session) {
      return;
    }
    sent.removeIf(
        frame -> {
          if (frame.sequence() != number) {
            return false;
          }
          sentBytes -= frame.bytes();
          frame.targets().forEach(wire::unreachable);
          return true;
        });
  }

  private void giveUpLost() {
    if (sent.isEmpty() || clock.nanos() - heardNanos < LOST_NANOS) {
      return;
    }
    Set<Target> targets = new LinkedHashSet<>();
    sent.forEach(frame -> targets.addAll(frame.targets()));
    sent.clear();
    sentBytes = 0;
    session++;
    sequence = 0;
    targets.forEach(wire::unreachable);
  }
}
