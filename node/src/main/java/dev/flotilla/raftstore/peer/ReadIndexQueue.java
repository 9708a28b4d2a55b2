package dev.flotilla.raftstore.peer;

import dev.flotilla.raft.Payload;
import dev.flotilla.raft.ReadState;
import dev.flotilla.raftstore.Refusal;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Reads that wait for raft to confirm this peer's leadership, and then for the confirmed index to
 * be applied.
 *
 * <p>Invariant: first in, first out; confirmed rounds form a prefix, as the confirmation of one
 * holds for all before it.
 */
final class ReadIndexQueue {
  private static final class Round {
    final long id;
    final long startedNanos;
    final List<Read> readers = new ArrayList<>();

    /** Index to be applied first; -1 until confirmed. */
    long index = -1;

    Round(long id, long startedNanos) {
      this.id = id;
      this.startedNanos = startedNanos;
    }
  }

  private final long life;
  private final ArrayDeque<Round> rounds = new ArrayDeque<>();
  private long lastId;

  /**
   * @param life tells this replica from what it was before a restart: the answer to a round of then
   *     may come now, and is too old for those that wait. The nanosecond in which it was made does,
   *     as an answer is not under way for so long that a clock's origin could change and it recur
   */
  ReadIndexQueue(long life) {
    this.life = life;
  }

  /** Context of the round that {@link #start} would begin. */
  Payload nextContext() {
    return Payload.of(
        ByteBuffer.allocate(2 * Long.BYTES).putLong(life).putLong(lastId + 1).array());
  }

  /** Begins the round of {@link #nextContext}. */
  void start(long nowNanos, Read reader) {
    Round round = new Round(++lastId, nowNanos);
    round.readers.add(reader);
    rounds.addLast(round);
  }

  /**
   * Adds a reader to the newest round, if that is unconfirmed and was started less than a lease
   * ago: whoever confirms it keeps other leaders away until after now. Not while a transfer has put
   * the lease in doubt.
   */
  boolean join(Read reader, long nowNanos, long leaseNanos) {
    Round newest = rounds.peekLast();
    if (newest == null || newest.index >= 0 || nowNanos - newest.startedNanos >= leaseNanos) {
      return false;
    }
    newest.readers.add(reader);
    return true;
  }

  /**
   * Raft confirmed a round, and with it all that came before: what was committed when they came is
   * below the confirmed index as well. Returns when the round was started, to renew the lease;
   * empty when it was given up, or is of another life.
   */
  OptionalLong confirm(ReadState state) {
    ByteBuffer context = ByteBuffer.wrap(state.context().toByteArray());
    if (context.getLong() != life) {
      return OptionalLong.empty();
    }
    long id = context.getLong();
    for (Round round : rounds) {
      if (round.id > id) {
        break;
      }
      if (round.index < 0) {
        round.index = state.index();
      }
      if (round.id == id) {
        return OptionalLong.of(round.startedNanos);
      }
    }
    return OptionalLong.empty();
  }

  /** Hands over every reader whose index is applied. */
  void takeReady(long appliedIndex, Consumer<Read> ready) {
    while (!rounds.isEmpty()
        && rounds.peekFirst().index >= 0
        && rounds.peekFirst().index <= appliedIndex) {
      rounds.removeFirst().readers.forEach(ready);
    }
  }

  /**
   * Answers those who wait for rounds that began before {@code nanos}. For confirmed ones too: the
   * entries up to their index may be as far away as the confirmation of others.
   */
  void refuseStartedBefore(long nanos, Supplier<Refusal> refusal) {
    while (!rounds.isEmpty() && rounds.peekFirst().startedNanos - nanos < 0) {
      rounds.removeFirst().readers.forEach(reader -> reader.callback().refused(refusal.get()));
    }
  }

  boolean isEmpty() {
    return rounds.isEmpty();
  }

  /** Answers all readers; raft forgets its rounds when leadership changes. */
  void refuseAll(Supplier<Refusal> refusal) {
    for (Round round : rounds) {
      round.readers.forEach(reader -> reader.callback().refused(refusal.get()));
    }
    rounds.clear();
  }
}
