package dev.flotilla.raftstore.apply;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Engine;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.WriteBatch;
import dev.flotilla.proto.raft_cmdpb.RaftCmdResponse;
import dev.flotilla.raftstore.Callback;
import java.util.ArrayList;
import java.util.List;

/**
 * The writes of one turn of an apply worker, over all regions, and the answers that wait for them.
 *
 * <p>Invariant: an answer leaves only after the write that it speaks of.
 */
final class ApplyBatch implements AutoCloseable {
  /** Beyond this many writes the batch is written, to bound memory and the wait of its answers. */
  private static final int WRITES_MAX = 256;

  private record Answer(Callback callback, RaftCmdResponse response) {}

  private final Engine engine;
  private final WriteBatch writes;
  private final List<Answer> answers = new ArrayList<>();

  ApplyBatch(Engine engine) {
    this.engine = engine;
    this.writes = engine.newBatch();
  }

  WriteBatch writes() {
    return writes;
  }

  boolean isFull() {
    return writes.count() >= WRITES_MAX;
  }

  /** Puts the region's position beside the data it describes, so that they cannot part. */
  void putPosition(long regionId, ApplyPosition position) {
    writes.put(Cf.RAFT, Keys.applyStateKey(regionId), position.toState().toByteArray());
  }

  /** Answers {@code callback} after the next write. */
  void answerLater(Callback callback, RaftCmdResponse response) {
    answers.add(new Answer(callback, response));
  }

  /**
   * Writes everything, unsynced: what a power loss takes away is applied again from the raft log,
   * which is synced. Then answers.
   */
  void write() {
    if (!writes.isEmpty()) {
      engine.write(writes, false);
      writes.clear();
    }
    for (Answer answer : answers) {
      answer.callback().done(answer.response());
    }
    answers.clear();
  }

  @Override
  public void close() {
    writes.close();
  }
}
