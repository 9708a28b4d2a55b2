package dev.flotilla.coprocessor.pf4j;

import dev.flotilla.coprocessor.Thrown;
import java.util.function.Consumer;

/**
 * Looks at the plugin folder once a second, on a thread of its own. Notices of the file system
 * would save the look, which costs one listing, and are not given by network disks.
 */
final class PluginWatch implements AutoCloseable {
  private static final long LOOK_MILLIS = 1000;

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

  /** Ends the thread, and with it what it waits for; returns when it has ended. */
  @Override
  public void close() {
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
