package dev.flotilla.engine.rocks;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps a native object alive while it is in use, and frees it once. Thread-safe.
 *
 * <p>RocksDB crashes the process when a handle is used after it was freed. So each use is between
 * {@link #enter()} and {@link #exit()}; closing stops new uses, and the last one to leave frees.
 */
final class Lifetime implements AutoCloseable {
  private final String name;
  private final Runnable free;

  /** Uses in flight, plus one for the owner until it closes. The object is freed at 0. */
  private final AtomicInteger users = new AtomicInteger(1);

  private final AtomicBoolean closed = new AtomicBoolean();

  Lifetime(String name, Runnable free) {
    this.name = name;
    this.free = free;
  }

  /**
   * Begins a use, which {@link #exit()} must end.
   *
   * @throws IllegalStateException after close
   */
  void enter() {
    while (!closed.get()) {
      int now = users.get();
      if (now == 0) {
        break;
      }
      if (users.compareAndSet(now, now + 1)) {
        return;
      }
    }
    throw new IllegalStateException(name + " is closed");
  }

  /** Ends a use; frees the object if the owner is gone and this was the last one. */
  void exit() {
    if (users.decrementAndGet() == 0) {
      free.run();
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      exit();
    }
  }
}
