package dev.flotilla.coprocessor.api;

import org.jspecify.annotations.Nullable;

/**
 * Has regions cut by what they hold, also before they are too large. Since API version 1.2.0.
 *
 * <p>The keys of the first observer that names any are taken, else the node's own, of a region that
 * is too large. They go the way of every split: {@link AdminObserver}s may alter or refuse it. What
 * has come to nothing is not tried again before the region is next looked at.
 */
public interface SplitCheckObserver extends Coprocessor {

  /**
   * Called on the leader when the region is measured: after the start, after a split, and whenever
   * {@code region.split-check-diff-bytes} were written to it. On the node's thread for this, which
   * serves one region after the other, however long it takes.
   *
   * @return who is to see the region's keys, all of which are then read; null for nobody
   */
  default @Nullable SplitChecker splitChecker(ObserverContext context) {
    return null;
  }
}
