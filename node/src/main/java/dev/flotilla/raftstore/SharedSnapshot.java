package dev.flotilla.raftstore;

import dev.flotilla.engine.EngineSnapshot;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One engine snapshot shared by all reads of a turn: taking one is cheap, a thousand are not. The
 * last share to be released closes it. Shares may be released on any thread.
 */
public final class SharedSnapshot {
  private final EngineSnapshot engine;
  private final AtomicInteger shares = new AtomicInteger(1);

  /** Takes ownership of {@code engine}; the creator holds the first share. */
  public SharedSnapshot(EngineSnapshot engine) {
    this.engine = engine;
  }

  /** Adds a share. Only for a caller that holds one. */
  public SharedSnapshot retain() {
    int before = shares.getAndIncrement();
    Invariants.check(before > 0, "snapshot retained after its last release");
    return this;
  }

  /** Gives a share back; closes the snapshot with the last one. */
  public void release() {
    int left = shares.decrementAndGet();
    Invariants.check(left >= 0, "snapshot released more often than retained");
    if (left == 0) {
      engine.close();
    }
  }

  EngineSnapshot engine() {
    return engine;
  }
}
