package dev.flotilla.coprocessor.pf4j;

import dev.flotilla.coprocessor.Thrown;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the plugin folder once a second, on a thread of its own. Notices of the file system
 * would save the look, which costs one listing, and are not given by network disks.
 */
final class PluginWatch {
  private static final Logger LOG = LoggerFactory.getLogger(PluginWatch.class);

  private static final long LOOK_MILLIS = 1000;

  /** The end of the process waits for it. */
  private static final long STOP_SECONDS_MAX = 5;

  private final Runnable look;
  private final Consumer<Throwable> faults;
  private final Thread thread = new Thread(this::run, "plugin-watch");

  private PluginWatch(Runnable look, Consumer<Throwable> faults) {
    this.look = look;
    this.faults = faults;
    thread.setDaemon(true);
  }

  /**
   * Begins to look.
   *
   * @param faults told of what the process may not survive
   */
  static PluginWatch start(Runnable look, Consumer<Throwable> faults) {
    PluginWatch watch = new PluginWatch(look, faults);
    watch.thread.start();
    return watch;
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Thread.sleep(LOOK_MILLIS);
        look.run();
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    } catch (Throwable fatal) {
      faults.accept(fatal);
      Thrown.rethrowFatal(fatal);
    }
  }

  /**
   * Ends the thread, and with it what it waits for. Not even an interrupt ends the wait for a disk
   * that does not answer: that is left behind.
   *
   * @return whether the thread has ended
   */
  boolean stop() {
    thread.interrupt();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS_MAX));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    boolean ended = !thread.isAlive();
    if (!ended) {
      LOG.warn("a look at the folder of plugins is left behind, it has not ended so far");
    }
    return ended;
  }
}
