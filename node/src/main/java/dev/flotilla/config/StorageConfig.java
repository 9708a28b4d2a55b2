package dev.flotilla.config;

import java.nio.file.Path;

/**
 * Data on disk and the two databases that hold it. Immutable; an instance that exists is valid.
 *
 * @param dataDir where the node keeps everything; one node a folder
 * @param reserveBytes space of the disk that is kept from clients; 0 for none
 * @param blockCacheBytes cache of uncompressed blocks, shared by both databases
 * @param writeBufferBytes a write buffer, of one or several memory tables, is written to a file at
 *     this size
 * @param writeBuffersMax write buffers of a column family before writers wait; at least 2, so that
 *     a write can go on during a flush
 * @param writeBuffersTotalBytesMax memory tables of one database; at least {@code writeBufferBytes}
 * @param walBytesMax write-ahead log of one database; at least {@code writeBufferBytes}
 * @param backgroundJobsMax threads for flush and compaction; at least one of either
 * @param openFilesMax open files of one database; -1 for all
 * @param blockBytes uncompressed size of a data block
 * @param bloomBitsPerKey bits of the filter that spares reads of absent keys
 */
public record StorageConfig(
    Path dataDir,
    long reserveBytes,
    long blockCacheBytes,
    long writeBufferBytes,
    int writeBuffersMax,
    long writeBuffersTotalBytesMax,
    long walBytesMax,
    int backgroundJobsMax,
    int openFilesMax,
    int blockBytes,
    int bloomBitsPerKey) {
  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;

  /** The settings that Flotilla ships with: for a machine with a few cores and a few GiB. */
  public static StorageConfig defaults() {
    return new StorageConfig(
        Path.of("data"),
        2 * GIB,
        256 * MIB,
        64 * MIB,
        4,
        256 * MIB,
        512 * MIB,
        2,
        4096,
        (int) (16 * KIB),
        10);
  }

  public StorageConfig {
    Settings.range("reserve-bytes", reserveBytes, 0, 1024 * 1024 * GIB);
    Settings.range("block-cache-bytes", blockCacheBytes, MIB, 1024 * GIB);
    Settings.range("write-buffer-bytes", writeBufferBytes, 64 * KIB, 4 * GIB);
    Settings.range("write-buffers-max", writeBuffersMax, 2, 64);
    Settings.range(
        "write-buffers-total-bytes-max",
        writeBuffersTotalBytesMax,
        writeBufferBytes,
        256 * GIB,
        "write-buffer-bytes");
    Settings.range("wal-bytes-max", walBytesMax, writeBufferBytes, 256 * GIB, "write-buffer-bytes");
    Settings.range("background-jobs-max", backgroundJobsMax, 2, 64);
    if (openFilesMax != -1) {
      Settings.range("open-files-max", openFilesMax, 64, 10_000_000);
    }
    Settings.range("block-bytes", blockBytes, KIB, 4 * MIB);
    Settings.range("bloom-bits-per-key", bloomBitsPerKey, 1, 20);
  }
}
