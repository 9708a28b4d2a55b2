package dev.flotilla.node;

import dev.flotilla.config.StorageConfig;
import dev.flotilla.engine.Engines;
import dev.flotilla.engine.FaultListener;
import dev.flotilla.engine.SyncListener;
import dev.flotilla.engine.rocks.RocksEngines;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * Both engines, on their way to being open. They recover on a thread of their own while the event
 * bus starts, as either takes about a second.
 */
final class EngineOpening {
  private final CompletableFuture<Engines> engines = new CompletableFuture<>();

  private final SlowDisk raftDisk = new SlowDisk();

  private EngineOpening() {}

  /** Begins to open the engines of a data folder. */
  static EngineOpening begin(StorageConfig storage, FaultListener faults) {
    return begin(
        syncs -> RocksEngines.open(storage.dataDir(), DataFolder.settings(storage), faults, syncs));
  }

  /**
   * @param opener opens the engines, which tell the listener of syncs; blocks
   */
  static EngineOpening begin(Function<SyncListener, Engines> opener) {
    EngineOpening opening = new EngineOpening();
    Thread thread = new Thread(() -> opening.open(opener), "f-open");
    thread.setDaemon(true);
    thread.start();
    return opening;
  }

  private void open(Function<SyncListener, Engines> opener) {
    try {
      Engines opened = opener.apply(raftDisk);
      if (!engines.complete(opened)) {
        opened.close();
      }
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

  /** From now on {@code listener} is told of each sync of the raft log. */
  void measureSyncsBy(SyncListener listener) {
    raftDisk.measureBy(listener);
  }

  /** Flushes and closes the engines; those that are still opening are closed once they are open. */
  void close() {
    boolean stillOpening =
        engines.completeExceptionally(new IllegalStateException("the node is stopping"));
    if (!stillOpening && !engines.isCompletedExceptionally()) {
      Engines opened = engines.join();
      try {
        opened.kv().flush();
      } finally {
        opened.close();
      }
    }
  }
}
