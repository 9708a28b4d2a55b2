package dev.flotilla.sim.cluster;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.raft_serverpb.RaftMessage;
import dev.flotilla.raftstore.Msg;
import dev.flotilla.raftstore.snap.SnapSink;
import dev.flotilla.raftstore.snap.SnapSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Brings snapshots from store to store, a piece at a time, apart from other messages. Each of them
 * may come to nothing at any piece; the sender is always told.
 */
final class SnapChannel {
  private static final int PIECE_BYTES = 256;
  private static final int LARGE_PIECE_BYTES = 64 * 1024;

  private final World world;
  private final Dice dice;
  private final IntFunction<@Nullable SimProcess> processes;
  private boolean calm;

  SnapChannel(World world, Dice dice, IntFunction<@Nullable SimProcess> processes) {
    this.world = world;
    this.dice = dice;
    this.processes = processes;
  }

  /** No piece is lost or damaged any more. */
  void heal() {
    calm = true;
  }

  void send(SimProcess sender, RaftMessage message) {
    world.tally().add("snapshot sent");
    new Transfer(sender, message).start();
  }

  private final class Transfer {
    private final SimProcess sender;
    private final RaftMessage message;
    private final int from;
    private final int to;
    private final double lossOdds = dice.chance(0.3) ? 0.2 : 0;
    private final double damageOdds = dice.chance(0.1) ? 0.5 : 0;
    private @Nullable SnapSource source;
    private @Nullable SnapSink sink;
    private @Nullable SimProcess receiver;
    private boolean over;
    private int pieceBytes = PIECE_BYTES;

    Transfer(SimProcess sender, RaftMessage message) {
      this.sender = sender;
      this.message = message;
      this.from = (int) message.getFromPeer().getStoreId();
      this.to = (int) message.getToPeer().getStoreId();
    }

    void start() {
      sender.later(delayNanos(), this::open);
    }

    private long delayNanos() {
      return (long) (dice.fraction() * 20 * Timeline.MILLI);
    }

    private void open() {
      SimProcess other = processes.apply(to);
      try {
        source = SnapSource.open(sender.snapshots(), SnapSink.keyOf(message));
      } catch (IOException gone) {
        end(false);
        return;
      }
      if (other == null || world.network().isCut(from, to) || world.network().drops(message)) {
        end(false);
        return;
      }
      receiver = other;
      other.later(delayNanos(), this::accept);
      // Should the receiver die, nobody else ends this.
      sender.later(60 * Timeline.SECOND, () -> end(false));
    }

    private void accept() {
      SimProcess other = receiver;
      if (other == null) {
        return;
      }
      try {
        SnapSink opened = SnapSink.open(other.snapshots(), message);
        sink = opened;
        if (opened.isHere()) {
          finish();
        } else {
          next();
        }
      } catch (IOException refused) {
        sender.later(delayNanos(), () -> end(false));
      }
    }

    private void next() {
      SnapSink into = sink;
      SnapSource content = source;
      if (into == null || content == null) {
        closeSink();
        return;
      }
      if (world.network().isCut(from, to) || (!calm && dice.chance(lossOdds))) {
        closeSink();
        sender.later(delayNanos(), () -> end(false));
        return;
      }
      try {
        byte[] piece = content.next(pieceBytes);
        pieceBytes = Math.min(LARGE_PIECE_BYTES, pieceBytes * 2);
        if (piece.length == 0) {
          finish();
          return;
        }
        if (!calm && dice.chance(damageOdds)) {
          world.tally().add("snapshot damaged");
          piece[dice.below(piece.length)] ^= 1;
        }
        into.write(ByteString.copyFrom(piece));
        if (receiver != null) {
          receiver.later(delayNanos(), this::next);
        }
      } catch (IOException broken) {
        closeSink();
        sender.later(delayNanos(), () -> end(false));
      }
    }

    private void finish() {
      SnapSink into = sink;
      SimProcess other = receiver;
      if (into == null || other == null) {
        return;
      }
      try {
        if (!into.isHere()) {
          into.complete();
        }
        closeSink();
        world.tally().add("snapshot received");
        other.send(new Msg.Raft(message));
        sender.later(delayNanos(), () -> end(true));
      } catch (IOException damaged) {
        closeSink();
        sender.later(delayNanos(), () -> end(false));
      }
    }

    private void closeSink() {
      if (sink != null) {
        sink.close();
        sink = null;
      }
    }

    private void end(boolean received) {
      if (over) {
        return;
      }
      over = true;
      if (source != null) {
        try {
          source.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        source = null;
      }
      sender.send(
          new Msg.SnapshotStatus(message.getRegionId(), message.getToPeer().getId(), received));
    }
  }
}
