package dev.flotilla.raftstore.peer;

/** What is known of a region's size without asking the engine. Never negative. */
final class RegionSizeHint {
  /**
   * A region that stays too large is checked again after so many ticks, and then after twice as
   * many each time, for the check reads it.
   */
  private static final int PAUSE_TICKS = 6;

  private static final int PAUSE_TICKS_MAX = 64 * PAUSE_TICKS;

  /** As last measured; 0 when never. */
  private long approximateBytes;

  private boolean measured;

  /** Grown since the last check, roughly. */
  private long grownBytes;

  /** Ticks since the last check at which the region was too large, and how many there may be. */
  private int ticksTooLarge;

  private int pauseTicks = PAUSE_TICKS;

  /** Deleted since the last compaction. */
  private long deletedKeys;

  /**
   * @param grownBy bytes, negative when it shrank
   * @param deleted keys
   */
  void onApplied(long grownBy, long deleted) {
    grownBytes = Math.max(0, grownBytes + grownBy);
    deletedKeys += deleted;
  }

  void onMeasured(long bytes) {
    approximateBytes = bytes;
    measured = true;
  }

  long approximateBytes() {
    return approximateBytes + grownBytes;
  }

  /**
   * Whether a split check is worth it; starts to count anew if so. Now and then it is for a region
   * that is too large without growing: what was to come of the last check may have been lost, or
   * refused for a while.
   *
   * @param diffBytes growth that is worth one
   * @param bytesMax of a region that need not be split
   */
  boolean takeCheck(long diffBytes, long bytesMax) {
    if (!measured || grownBytes >= diffBytes) {
      pauseTicks = PAUSE_TICKS;
    } else if (approximateBytes() >= bytesMax && ++ticksTooLarge >= pauseTicks) {
      pauseTicks = Math.min(PAUSE_TICKS_MAX, 2 * pauseTicks);
    } else {
      return false;
    }
    ticksTooLarge = 0;
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
