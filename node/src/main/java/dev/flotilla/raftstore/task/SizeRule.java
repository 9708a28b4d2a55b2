package dev.flotilla.raftstore.task;

import com.google.protobuf.ByteString;
import dev.flotilla.config.RegionConfig;
import dev.flotilla.engine.Keys;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a region is cut that is too large: at the first key at which what is before it and its own
 * are more than the size of a part. Nowhere if the whole turns out to be smaller than its bound, or
 * is one key's. Never at the region's first, however much it has: the part before it would be
 * empty, or not be at all.
 */
final class SizeRule {
  private final RegionConfig config;
  private boolean isPastFirst;
  private byte @Nullable [] key;
  private long bytes;

  SizeRule(RegionConfig config) {
    this.config = config;
  }

  /** Takes the next key of the engine and the size of all it has; returns whether to go on. */
  boolean onKey(byte[] next, long itsBytes) {
    bytes += itsBytes;
    if (key == null && isPastFirst && bytes > config.splitBytes()) {
      key = next;
    }
    isPastFirst = true;
    return key == null || bytes < config.bytesMax();
  }

  /** Empty when the region is to stay whole. */
  List<ByteString> splitKeys() {
    return key == null || bytes < config.bytesMax()
        ? List.of()
        : List.of(ByteString.copyFrom(Keys.originKey(key)));
  }
}
