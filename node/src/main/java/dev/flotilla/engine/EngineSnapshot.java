package dev.flotilla.engine;

/**
 * A consistent view of all families of an engine. Thread-safe.
 *
 * <p>Owns a native handle: close it, or the engine keeps old files and cannot end. It stays usable
 * until closed, also when the engine is closed first.
 */
public interface EngineSnapshot extends EngineReader, AutoCloseable {

  /** Releases the view; iterators of it stay usable. A second call does nothing. */
  @Override
  void close();
}
