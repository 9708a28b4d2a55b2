package dev.flotilla.node;

import dev.flotilla.config.StorageConfig;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.FaultListener;
import dev.flotilla.engine.rocks.RocksEngines;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Both engines, on their way to being open. They recover on a thread of their own while the event
 * bus starts, as either takes about a second.
 */
final class EngineOpening {
  private final CompletableFuture<Engines> engines = new CompletableFuture<>();

  private EngineOpening() {}

  /** Begins to open the engines of a data folder. */
  static EngineOpening begin(StorageConfig storage, FaultListener faults) {
    EngineOpening opening = new EngineOpening();
    Thread opener = new Thread(() -> opening.open(storage, faults), "f-open");
    opener.setDaemon(true);
    opener.start();
    return opening;
  }

  private void open(StorageConfig storage, FaultListener faults) {
    try {
      engines.complete(RocksEngines.open(storage.dataDir(), DataFolder.settings(storage), faults));
    } catch (Throwable failure) {
      // Whoever waits is told.
      engines.completeExceptionally(failure);
    }
  }

  /**
   * Waits until the engines are open; blocks.
   *
   * @throws RuntimeException what opening them threw
   */
  Engines await() {
    try {
      return engines.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    }
  }

  /** Flushes and closes the engines; those that are still opening are closed once they are open. */
  void close() {
    boolean stillOpening =
        engines.completeExceptionally(new IllegalStateException("the node is stopping"));
    if (!stillOpening && !engines.isCompletedExceptionally()) {
      Engines opened = engines.join();
      opened.kv().flush();
      opened.close();
    }
  }
}
