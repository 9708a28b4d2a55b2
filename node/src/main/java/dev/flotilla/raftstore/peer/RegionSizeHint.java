package dev.flotilla.raftstore.peer;

import dev.flotilla.raftstore.apply.ApplyMetrics;

/** What is known of a region's size without asking the engine. Never negative. */
final class RegionSizeHint {
  /** As last measured; 0 when never. */
  private long approximateBytes;

  private boolean measured;

  /** Grown since the last check, roughly. */
  private long grownBytes;

  /** Deleted since the last compaction. */
  private long deletedKeys;

  void onApplied(ApplyMetrics metrics) {
    grownBytes = Math.max(0, grownBytes + metrics.sizeDiffHint());
    deletedKeys += metrics.deletedKeys();
  }

  void onMeasured(long bytes) {
    approximateBytes = bytes;
    measured = true;
  }

  long approximateBytes() {
    return approximateBytes + grownBytes;
  }

  /** Whether a split check is worth it; starts to count anew if so. */
  boolean takeCheck(long diffBytes) {
    if (measured && grownBytes < diffBytes) {
      return false;
    }
    approximateBytes += grownBytes;
    grownBytes = 0;
    return true;
  }

  /** The region was split: what was known holds no more. */
  void reset() {
    measured = false;
    approximateBytes = 0;
    grownBytes = 0;
  }

  /** Whether so much was deleted that a compaction is worth it; starts to count anew if so. */
  boolean takeCompaction(long keys) {
    if (deletedKeys < keys) {
      return false;
    }
    deletedKeys = 0;
    return true;
  }
}
