package dev.flotilla.raftstore.task;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.Engine;
import dev.flotilla.engine.Keys;
import dev.flotilla.proto.metapb.Region;
import java.util.List;

/** Compacts regions. Used by one thread at a time; blocks on the engine, perhaps for long. */
public final class CompactRunner {
  private final Engine kv;

  public CompactRunner(Engine kv) {
    this.kv = kv;
  }

  /** Runs {@code tasks} in order. */
  public void run(List<CompactTask> tasks) {
    for (CompactTask task : tasks) {
      Region region = task.region();
      for (Cf cf : Cf.values()) {
        if (cf.isUserData()) {
          kv.compact(
              cf,
              Keys.dataRange(region.getStartKey().toByteArray(), region.getEndKey().toByteArray()));
        }
      }
    }
  }
}
