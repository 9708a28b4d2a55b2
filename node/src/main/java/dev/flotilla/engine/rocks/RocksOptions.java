package dev.flotilla.engine.rocks;

import dev.flotilla.engine.Keys;
import java.util.Properties;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.WALRecoveryMode;

/** Settings in the words of RocksDB. */
final class RocksOptions {
  private static final long BYTES_PER_SYNC = 1 << 20;
  private static final long WAL_BYTES_PER_SYNC = 512 << 10;
  private static final long INFO_LOG_BYTES = 16 << 20;
  private static final int INFO_LOGS = 5;

  /** Parts of a write buffer: with more, inserts gain little and scans lose. */
  private static final int BUFFER_PARTS_MAX = 4;

  /** RocksDB makes no smaller memtables. */
  private static final long BUFFER_PART_BYTES_MIN = 64 << 10;

  /** Of a part, for a filter of its keys: some 20 bits for each of 100 bytes. */
  private static final double BUFFER_FILTER_RATIO = 0.02;

  /** There is no method for it. */
  private static final String INSERT_HINT = "memtable_insert_with_hint_prefix_extractor";

  private RocksOptions() {}

  static DBOptions database(RocksSettings settings, NativeHandles handles) {
    return handles
        .own(new DBOptions())
        .setCreateIfMissing(true)
        .setCreateMissingColumnFamilies(true)
        .setParanoidChecks(true)
        // The default, PointInTimeRecovery, opens without an error on a damaged middle and forgets
        // all that follows. This one forgives only what a crash in the middle of a write leaves.
        .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
        .setMaxBackgroundJobs(settings.backgroundJobsMax())
        .setMaxOpenFiles(settings.openFilesMax())
        .setDbWriteBufferSize(settings.writeBuffersTotalBytesMax())
        .setMaxTotalWalSize(settings.walBytesMax())
        // Spread write-back, so that an fsync does not find all of it waiting.
        .setBytesPerSync(BYTES_PER_SYNC)
        .setWalBytesPerSync(WAL_BYTES_PER_SYNC)
        .setMaxLogFileSize(INFO_LOG_BYTES)
        .setKeepLogFileNum(INFO_LOGS);
  }

  /**
   * For keys in any order. The place of a key in a memtable is a walk through memory that no cache
   * holds, the longer the larger the table. So a write buffer is filled in parts, a memtable each,
   * which are merged into one file when all are full: the files stay as large as they were. A
   * filter spares reads the walk through parts that lack their key; scans walk through all.
   */
  static ColumnFamilyOptions family(RocksSettings settings, Cache cache, NativeHandles handles) {
    long bytes = settings.writeBufferBytes();
    int parts = (int) Math.min(BUFFER_PARTS_MAX, bytes / BUFFER_PART_BYTES_MIN);
    return configured(handles.own(new ColumnFamilyOptions()), settings, cache, handles)
        .setWriteBufferSize(bytes / parts)
        .setMinWriteBufferNumberToMerge(parts)
        .setMaxWriteBufferNumber(settings.writeBuffersMax() * parts)
        .setMemtablePrefixBloomSizeRatio(BUFFER_FILTER_RATIO)
        .setMemtableWholeKeyFiltering(true);
  }

  /**
   * For keys by region. With many regions the next write is seldom beside the last one, and its
   * place in the memtable would be searched for from the top; so the memtable keeps the place of
   * the last write of each prefix. A memtable that several writers fill at once does without.
   */
  static ColumnFamilyOptions familyByRegion(
      RocksSettings settings, Cache cache, NativeHandles handles) {
    Properties hint = new Properties();
    hint.setProperty(INSERT_HINT, "rocksdb.FixedPrefix." + Keys.REGION_PREFIX_BYTES);
    ColumnFamilyOptions hinted = ColumnFamilyOptions.getColumnFamilyOptionsFromProps(hint);
    if (hinted == null) {
      throw new IllegalStateException("this RocksDB does not know " + INSERT_HINT);
    }
    return configured(handles.own(hinted), settings, cache, handles);
  }

  private static ColumnFamilyOptions configured(
      ColumnFamilyOptions options, RocksSettings settings, Cache cache, NativeHandles handles) {
    BlockBasedTableConfig table =
        new BlockBasedTableConfig()
            .setBlockCache(cache)
            .setBlockSize(settings.blockBytes())
            .setFilterPolicy(handles.own(new BloomFilter(settings.bloomBitsPerKey())))
            // In the cache, or their memory would grow with the data and without a limit.
            .setCacheIndexAndFilterBlocks(true)
            .setCacheIndexAndFilterBlocksWithHighPriority(true)
            .setPinL0FilterAndIndexBlocksInCache(true);
    return options
        .setTableFormatConfig(table)
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        .setLevelCompactionDynamicLevelBytes(true)
        .setForceConsistencyChecks(true)
        .setWriteBufferSize(settings.writeBufferBytes())
        .setMaxWriteBufferNumber(settings.writeBuffersMax());
  }
}
