package dev.flotilla.engine.rocks;

/**
 * Settings of the databases of a store. Immutable; an instance that exists is valid.
 *
 * @param blockCacheBytes cache of uncompressed blocks, indexes and filters, shared by both
 *     databases; at least 1 MiB
 * @param writeBufferBytes a family's write buffer, of one or several memory tables, is written to a
 *     file at this size; at least 64 KiB
 * @param writeBuffersMax write buffers of a family, the one in use included, before writers wait;
 *     at least 2, so that a write can go on during a flush
 * @param writeBuffersTotalBytesMax memory tables of one database; the oldest is flushed past it; at
 *     least {@code writeBufferBytes}
 * @param walBytesMax write-ahead log of one database; families that keep it alive are flushed past
 *     it; at least {@code writeBufferBytes}, or every log would be too long
 * @param backgroundJobsMax threads for flush and compaction; at least 2, one of either kind
 * @param openFilesMax open files of one database; at least 64, or -1 for all
 * @param blockBytes uncompressed size of a data block, 1 KiB to 4 MiB
 * @param bloomBitsPerKey bits of the filter that spares reads of absent keys, 1 to 20
 */
public record RocksSettings(
    long blockCacheBytes,
    long writeBufferBytes,
    int writeBuffersMax,
    long writeBuffersTotalBytesMax,
    long walBytesMax,
    int backgroundJobsMax,
    int openFilesMax,
    int blockBytes,
    int bloomBitsPerKey) {
  private static final int KIB = 1 << 10;
  private static final int MIB = 1 << 20;

  /** Settings for a machine with a few cores and a few GiB. */
  public static RocksSettings defaults() {
    return new RocksSettings(
        256L * MIB, 64L * MIB, 4, 256L * MIB, 512L * MIB, 2, 4096, 16 * KIB, 10);
  }

  public RocksSettings {
    require(blockCacheBytes >= MIB, "block-cache-bytes must be at least 1 MiB");
    require(writeBufferBytes >= 64 * KIB, "write-buffer-bytes must be at least 64 KiB");
    require(writeBuffersMax >= 2, "write-buffers-max must be at least 2");
    require(
        writeBuffersTotalBytesMax >= writeBufferBytes,
        "write-buffers-total-bytes-max must be at least write-buffer-bytes");
    require(walBytesMax >= writeBufferBytes, "wal-bytes-max must be at least write-buffer-bytes");
    require(backgroundJobsMax >= 2, "background-jobs-max must be at least 2");
    require(
        openFilesMax >= 64 || openFilesMax == -1,
        "open-files-max must be at least 64, or -1 for all");
    require(blockBytes >= KIB && blockBytes <= 4 * MIB, "block-bytes must be from 1 KiB to 4 MiB");
    require(
        bloomBitsPerKey >= 1 && bloomBitsPerKey <= 20, "bloom-bits-per-key must be from 1 to 20");
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
