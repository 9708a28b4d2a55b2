package dev.flotilla.server;

import dev.flotilla.raftstore.AnswerBurst;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Wakes each event loop once for the answers that a worker gives in one go. Any thread. */
public final class AnswerBursts implements AnswerBurst {
  /** Event loops with answers of this thread's burst; null outside of one. */
  private static final ThreadLocal<@Nullable Set<CallTracker>> BURST = new ThreadLocal<>();

  @Override
  public void run(Runnable callbacks) {
    Set<CallTracker> trackers = new LinkedHashSet<>();
    BURST.set(trackers);
    try {
      callbacks.run();
    } finally {
      BURST.remove();
      trackers.forEach(CallTracker::wake);
    }
  }

  /** Whether {@code tracker} will be woken when this thread's burst is over. */
  static boolean includes(CallTracker tracker) {
    Set<CallTracker> trackers = BURST.get();
    if (trackers == null) {
      return false;
    }
    trackers.add(tracker);
    return true;
  }
}
