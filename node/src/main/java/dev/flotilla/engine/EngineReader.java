package dev.flotilla.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads of an engine as it is now, or of a snapshot of it. Thread-safe.
 *
 * <p>All methods throw {@link EngineException} when the disk or its content is at fault, {@link
 * IllegalStateException} after close, and {@link IllegalArgumentException} for a family the engine
 * does not have. Arrays passed in are not kept; arrays returned belong to the caller.
 */
public interface EngineReader {

  /** Returns the value of the key, or null when it is absent. */
  byte @Nullable [] get(Cf cf, byte[] key);

  /**
   * Returns the values of the keys, in their order, null where absent. All are of one moment on a
   * snapshot; on an engine, writes may fall between them.
   */
  List<byte @Nullable []> multiGet(Cf cf, List<byte[]> keys);

  /**
   * Opens an iterator over the range; it sees the content of this moment, whatever is written
   * later. Not positioned yet. The caller closes it.
   */
  EngineIterator iterator(Cf cf, KeyRange range);
}
