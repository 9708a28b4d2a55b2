package dev.flotilla.engine.rocks;

import dev.flotilla.engine.Cf;
import dev.flotilla.engine.EngineIterator;
import dev.flotilla.engine.EngineReader;
import dev.flotilla.engine.KeyRange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompressionType;
import org.rocksdb.EnvOptions;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileWriter;

/** Sorted files that pass data from one database to another without going through its log. */
final class SstFiles {
  private SstFiles() {}

  /**
   * Writes the entries of {@code range}; returns their number, and writes no file for none.
   *
   * @throws IOException when the file cannot be written
   */
  static long write(EngineReader view, Cf cf, KeyRange range, Path file) throws IOException {
    try (EngineIterator entries = view.iterator(cf, range)) {
      if (!entries.seekToFirst()) {
        return 0;
      }
      try (EnvOptions env = new EnvOptions();
          Options options = new Options().setCompressionType(CompressionType.LZ4_COMPRESSION);
          SstFileWriter writer = new SstFileWriter(env, options)) {
        writer.open(file.toString());
        long keys = 0;
        for (boolean more = true; more; more = entries.next()) {
          writer.put(entries.key(), entries.value());
          keys++;
        }
        writer.finish();
        return keys;
      } catch (RocksDBException e) {
        throw new IOException("cannot write " + file + ": " + e.getMessage(), e);
      }
    }
  }

  static void ingest(RocksDB db, Function<Cf, ColumnFamilyHandle> families, Map<Cf, Path> files)
      throws RocksDBException {
    try (IngestExternalFileOptions options =
        new IngestExternalFileOptions().setMoveFiles(true).setSnapshotConsistency(true)) {
      for (Map.Entry<Cf, Path> file : files.entrySet()) {
        db.ingestExternalFile(
            families.apply(file.getKey()), List.of(file.getValue().toString()), options);
      }
    }
  }
}
