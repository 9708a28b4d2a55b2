package dev.flotilla.coprocessor.pf4j;

import dev.flotilla.coprocessor.AppliedCommands;
import dev.flotilla.coprocessor.CommandFeed;
import dev.flotilla.coprocessor.Registration;
import dev.flotilla.coprocessor.ShownBatch;
import dev.flotilla.proto.metapb.Region;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows a coprocessor what was applied, on a thread of its own. What waits is limited, and what
 * comes beyond that is left out: the coprocessor sees by the next batch's position that it was, and
 * if none follows it is shown the position alone once nothing else waits.
 */
final class FeedThread implements CommandFeed, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FeedThread.class);
  private static final long BYTES_MAX = 64 << 20;

  /** Of the time that all of a plugin has to stop. */
  private static final long END_MILLIS_MAX = 2_000;

  /** What a batch costs beside its bytes adds up when they are small. */
  private static final int BATCHES_MAX = 100_000;

  /** Has the thread look once more for what is behind. */
  private static final AppliedCommands LOOK = AppliedCommands.at(Region.getDefaultInstance(), 0);

  private final String id;
  private final Registration shownTo;
  private final PluginHost host;
  private final LinkedBlockingQueue<AppliedCommands> queue = new LinkedBlockingQueue<>(BATCHES_MAX);
  private final AtomicLong bytes = new AtomicLong();

  /** Batches left out so far. */
  private final AtomicLong leftOut = new AtomicLong();

  /** By region, where it was at the last batch, if that was left out. */
  private final Map<Long, AppliedCommands> behind = new ConcurrentHashMap<>();

  private final Thread thread;
  private volatile boolean closed;
  private volatile @Nullable ShownBatch current;

  private FeedThread(String id, Registration shownTo, PluginHost host, ThreadFactory threads) {
    this.id = id;
    this.shownTo = shownTo;
    this.host = host;
    this.thread = threads.newThread(this::run);
  }

  /**
   * Begins.
   *
   * @param host whose regions are not read after {@link #close}
   */
  static FeedThread start(String id, Registration shownTo, PluginHost host, ThreadFactory threads) {
    FeedThread feed = new FeedThread(id, shownTo, host, threads);
    shownTo.feedBy(feed);
    feed.thread.start();
    return feed;
  }

  @Override
  public void offer(AppliedCommands batch) {
    if (closed) {
      return;
    }
    long size = batch.bytes();
    // One that is larger than all that may wait is taken when nothing waits.
    boolean fits = bytes.addAndGet(size) <= BYTES_MAX || bytes.get() == size;
    // Before it can be shown: an older position is not to come after it.
    behind.remove(batch.region().getId());
    if (!fits || !queue.offer(batch)) {
      bytes.addAndGet(-size);
      leaveOut(batch);
    }
  }

  private void leaveOut(AppliedCommands batch) {
    long regionId = batch.region().getId();
    behind.put(regionId, AppliedCommands.at(batch.region(), batch.last()));
    if (queue.isEmpty()) {
      // The thread may have looked for what is behind already, and wait.
      queue.offer(LOOK);
    }
    long count = leftOut.incrementAndGet();
    // One that is always too slow would fill the disk: the 1st, 2nd, 4th, 8th ... are enough.
    if (Long.bitCount(count) == 1) {
      LOG.warn(
          "coprocessor {} is too slow: {} batches of writes left out so far, now of region {}",
          id,
          count,
          regionId);
    }
  }

  private void run() {
    try {
      showAll();
    } catch (Throwable fault) {
      host.faults().accept(fault);
    }
  }

  private void showAll() {
    while (!closed) {
      try {
        show(next());
      } catch (InterruptedException interrupted) {
        // By the closing, or by the coprocessor itself, which is shown what comes next.
        LOG.debug("coprocessor {} was interrupted while it was shown writes", id);
      }
    }
  }

  /** Waits for it. */
  @SuppressWarnings("ReferenceEquality") // there is one that is no batch
  private AppliedCommands next() throws InterruptedException {
    while (true) {
      AppliedCommands position = queue.isEmpty() ? position() : null;
      if (position != null) {
        return position;
      }
      AppliedCommands batch = queue.take();
      if (batch != LOOK) {
        bytes.addAndGet(-batch.bytes());
        return batch;
      }
    }
  }

  /** Of a region of which something was left out; null when there is none. */
  private @Nullable AppliedCommands position() {
    Iterator<Long> regions = behind.keySet().iterator();
    while (regions.hasNext()) {
      AppliedCommands position = behind.remove(regions.next());
      if (position != null) {
        return position;
      }
    }
    return null;
  }

  private void show(AppliedCommands batch) throws InterruptedException {
    try (ShownBatch shown = new ShownBatch(batch, host.regions())) {
      current = shown;
      // In this order: whoever closes does it the other way around, and one sees the other.
      if (!closed) {
        shownTo.show(shown);
      }
    }
  }

  /**
   * Ends what it does as soon as the coprocessor lets it. Once this returns no data of a region is
   * read any more, whatever the coprocessor does.
   */
  @Override
  public void close() {
    closed = true;
    ShownBatch shown = current;
    if (shown != null) {
      shown.close();
    }
    thread.interrupt();
  }

  /**
   * Waits for the end of the coprocessor's last call, but not for one that hangs.
   *
   * @return whether it has ended
   */
  boolean join() throws InterruptedException {
    thread.join(END_MILLIS_MAX);
    return !thread.isAlive();
  }
}
