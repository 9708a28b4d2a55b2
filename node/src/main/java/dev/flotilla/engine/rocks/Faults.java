package dev.flotilla.engine.rocks;

import dev.flotilla.engine.EngineException;
import dev.flotilla.engine.FaultListener;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * What went wrong in one database. Thread-safe.
 *
 * <p>Invariant: once a write has failed, {@link #checkWritable()} throws for ever. A failed fsync
 * may have lost pages that a second one would report as written, and what it covered may still turn
 * up after a restart.
 */
final class Faults {
  private final String name;
  private final FaultListener listener;
  private final AtomicBoolean told = new AtomicBoolean();
  private final AtomicReference<@Nullable EngineException> failedWrite = new AtomicReference<>();

  Faults(String name, FaultListener listener) {
    this.name = name;
    this.listener = listener;
  }

  void checkWritable() {
    EngineException first = failedWrite.get();
    if (first != null) {
      throw new EngineException(
          name + " refuses writes since one failed: " + first.getMessage(), first);
    }
  }

  /** Makes the exception of a failed read. */
  EngineException ofRead(String operation, RocksDBException cause) {
    return tell(fault(operation, cause));
  }

  /** Makes the exception of a failed write, flush or sync; no later one is let through. */
  EngineException ofWrite(String operation, RocksDBException cause) {
    EngineException fault = fault(operation, cause);
    failedWrite.compareAndSet(null, fault);
    return tell(fault);
  }

  private EngineException fault(String operation, RocksDBException cause) {
    return new EngineException(operation + " failed in " + name + ": " + cause.getMessage(), cause);
  }

  private EngineException tell(EngineException fault) {
    if (told.compareAndSet(false, true)) {
      listener.onFault(fault);
    }
    return fault;
  }
}
