package dev.flotilla.raftstore.apply;

/** What one region's entries wrote; counted on the apply worker, added up by the peer. */
public final class ApplyMetrics {
  private long writtenBytes;
  private long writtenKeys;
  private long sizeDiffHint;
  private long deletedKeys;

  /** Counts what {@code command} wrote, now that it stays. */
  void add(ApplyMetrics command) {
    writtenBytes += command.writtenBytes;
    writtenKeys += command.writtenKeys;
    sizeDiffHint += command.sizeDiffHint;
    deletedKeys += command.deletedKeys;
  }

  void clear() {
    writtenBytes = 0;
    writtenKeys = 0;
    sizeDiffHint = 0;
    deletedKeys = 0;
  }

  void wrote(long bytes) {
    writtenBytes += bytes;
    writtenKeys++;
    sizeDiffHint += bytes;
  }

  void deleted(long bytes) {
    writtenBytes += bytes;
    writtenKeys++;
    sizeDiffHint -= bytes;
    deletedKeys++;
  }

  /** Bytes of keys and values put or deleted. */
  public long writtenBytes() {
    return writtenBytes;
  }

  /** Keys put or deleted. */
  public long writtenKeys() {
    return writtenKeys;
  }

  /** By how many bytes the region grew, roughly; negative when it shrank. */
  public long sizeDiffHint() {
    return sizeDiffHint;
  }

  /** Keys deleted. */
  public long deletedKeys() {
    return deletedKeys;
  }
}
