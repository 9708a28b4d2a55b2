package dev.flotilla.raftstore.task;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.Keys;
import dev.flotilla.engine.WriteBatch;
import java.util.List;

/**
 * Deletes log entries that were compacted. Used by one thread at a time; blocks on the engines.
 *
 * <p>Applied data is written unsynced, and the log is what repairs it after a power loss. So the
 * data is synced before the entries that it came from go.
 */
public final class LogGcRunner {
  private final Engines engines;

  public LogGcRunner(Engines engines) {
    this.engines = engines;
  }

  /** Runs {@code tasks} with one sync of the data for all. */
  public void run(List<LogGcTask> tasks) {
    engines.kv().syncWal();
    try (WriteBatch raft = engines.raft().newBatch()) {
      for (LogGcTask task : tasks) {
        raft.deleteRange(
            Cf.DEFAULT,
            Keys.raftLogKey(task.regionId(), task.startIndex()),
            Keys.raftLogKey(task.regionId(), task.endIndex()));
      }
      engines.raft().write(raft, false);
    }
  }
}
