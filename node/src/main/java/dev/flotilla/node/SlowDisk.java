package dev.flotilla.node;

import dev.flotilla.engine.SyncListener;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures the syncs of the raft log, and warns of a slow one: until it is over the store loop does
 * nothing else, so that all regions of this store wait, their leases run out, and past an election
 * timeout others lead them.
 */
final class SlowDisk implements SyncListener {
  private static final Logger LOG = LoggerFactory.getLogger(SlowDisk.class);

  /** Below the lease; far above what a disk that is well takes. */
  static final Duration WARN_FROM = Duration.ofMillis(500);

  private volatile SyncListener measure = nanos -> {};

  /** From now on {@code listener} is told as well. */
  void measureBy(SyncListener listener) {
    measure = listener;
  }

  @Override
  public void onSynced(long nanos) {
    measure.onSynced(nanos);
    if (nanos >= WARN_FROM.toNanos()) {
      LOG.warn(
          "the disk took {} ms to sync the raft log; all regions of this store stood still",
          TimeUnit.NANOSECONDS.toMillis(nanos));
    }
  }
}
