package dev.flotilla.raftstore.apply;

import dev.flotilla.coprocessor.CoprocessorHost;
import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Engine;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.proto.metapb.Region;
import dev.flotilla.proto.raft_cmdpb.RaftCmdRequest;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.raftstore.AnswerBurst;
import dev.flotilla.raftstore.Callback;
import dev.flotilla.raftstore.Refusal;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The writes of one turn of an apply worker, over all regions, and the answers that wait for them.
 *
 * <p>Invariant: an answer leaves only after the write that it speaks of.
 */
final class ApplyBatch implements AutoCloseable {
  /** Beyond this many writes the batch is written, to bound the wait of its answers. */
  private static final int WRITES_MAX = 256;

  /** As {@link #WRITES_MAX}, to bound memory. */
  private static final long BYTES_MAX = 4 << 20;

  /**
   * What follows the write.
   *
   * @param callback null when nobody waits here
   * @param applied null when nobody observes
   */
  private record Answer(
      @Nullable Callback callback, RaftCmdResponse response, @Nullable AppliedCommand applied) {}

  /** A command for observers, with the region as it was before. */
  record AppliedCommand(Region region, long index, long term, RaftCmdRequest command) {}

  private final Engine engine;
  private final CoprocessorHost coprocessors;
  private final AnswerBurst answering;
  private final WriteBatch writes;
  private final Deque<Answer> answers = new ArrayDeque<>();
  private boolean mustSync;

  ApplyBatch(Engine engine, CoprocessorHost coprocessors, AnswerBurst answering) {
    this.engine = engine;
    this.coprocessors = coprocessors;
    this.answering = answering;
    this.writes = engine.newBatch();
  }

  WriteBatch writes() {
    return writes;
  }

  boolean isFull() {
    return writes.count() >= WRITES_MAX || writes.bytes() >= BYTES_MAX;
  }

  /** Puts the region's position beside the data it describes, so that they cannot part. */
  void putPosition(long regionId, ApplyPosition position) {
    writes.put(Cf.RAFT, Keys.applyStateKey(regionId), position.toState().toByteArray());
  }

  /** The next write must be durable before anyone learns of it: a region changed in it. */
  void requireSync() {
    mustSync = true;
  }

  /**
   * After the next write shows {@code applied} to observers and answers {@code callback}; either
   * may be null.
   */
  void answerLater(
      @Nullable Callback callback, RaftCmdResponse response, @Nullable AppliedCommand applied) {
    if (callback != null || applied != null) {
      answers.add(new Answer(callback, response, applied));
    }
  }

  /**
   * Writes everything, unsynced unless a region changed: what a power loss takes away is applied
   * again from the raft log, which is synced. Then answers.
   */
  void write() {
    if (!writes.isEmpty()) {
      engine.write(writes, mustSync);
      writes.clear();
      mustSync = false;
    }
    if (!answers.isEmpty()) {
      answering.run(this::answer);
    }
  }

  private void answer() {
    for (Answer answer = answers.peek(); answer != null; answer = answers.peek()) {
      RaftCmdResponse response = observed(answer);
      // Before it is given, and not earlier: a fault must leave each with one answer.
      answers.remove();
      if (answer.callback() != null) {
        answer.callback().done(response);
      }
    }
  }

  private RaftCmdResponse observed(Answer answer) {
    AppliedCommand applied = answer.applied();
    if (applied == null) {
      return answer.response();
    }
    return coprocessors.postApply(
        applied.region(),
        applied.index(),
        applied.term(),
        applied.command(),
        answer.response(),
        answer.callback() != null);
  }

  /** Answers those whose write was not known to succeed; only a fault leaves any. */
  @Override
  public void close() {
    for (Answer answer : answers) {
      if (answer.callback() != null) {
        answer.callback().refused(new Refusal.Undetermined("the node stopped while writing"));
      }
    }
    answers.clear();
    writes.close();
  }
}
