package dev.flotilla.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A sorted, crash-safe map of bytes to bytes in a few column families. Thread-safe.
 *
 * <p>A write is visible to reads when {@link #write} returns, but survives a power loss only once
 * it, or anything after it, was synced: what is left after a crash is a prefix of the accepted
 * writes. The first failed write, flush or sync leaves the disk in an unknown state, so that all
 * later ones are refused and the owner is told through its {@link FaultListener}.
 *
 * <p>All methods throw {@link EngineException} on a fault and {@link IllegalStateException} after
 * close.
 */
public interface Engine extends EngineReader, AutoCloseable {

  /** Families of this engine, in a fixed order. */
  List<Cf> families();

  /** Takes a consistent view of all families. The caller closes it. */
  EngineSnapshot snapshot();

  /** Makes an empty batch for this engine. The caller closes it. */
  WriteBatch newBatch();

  /**
   * Applies the batch, which is left as it is: {@link WriteBatch#clear()} it before the next use.
   *
   * @param sync true to return only once this and all earlier writes are durable, also when the
   *     batch is empty; blocks for the time of a disk flush
   */
  void write(WriteBatch batch, boolean sync);

  /** Makes all writes so far durable. Blocks for the time of a disk flush. */
  void syncWal();

  /**
   * Drops whole files that hold only keys of the range, in all families, at once and durably. None
   * where a snapshot that is open now stays open for long, as it would miss what was dropped;
   * blocks for up to a second to see.
   *
   * <p>Afterwards the content of the range is unspecified, as old versions in files that were kept
   * may show again: only for ranges that nobody reads, followed by {@link WriteBatch#deleteRange}.
   * It is not ordered with unsynced writes; call {@link #syncWal()} first.
   */
  void deleteFilesInRange(KeyRange range);

  /**
   * Copies a range of a view of this engine into a sorted file that {@link #ingest} takes. The file
   * is durable on return.
   *
   * @param file where to; must not exist
   * @return keys in it; 0 when there was nothing to copy, and then there is no file
   * @throws IOException when the file cannot be written, which leaves this engine as it is; a part
   *     of the file may be there
   */
  long export(EngineReader view, Cf cf, KeyRange range, Path file) throws IOException;

  /**
   * Takes the files' content in, at once and durably; it hides what was there under the same keys.
   * The files may be moved.
   *
   * @param files made by {@link #export} of an engine of this kind
   */
  void ingest(Map<Cf, Path> files);

  /** Estimated bytes of the range over all families, in files and in memory. */
  long approximateBytes(KeyRange range);

  /** Rewrites the range of a family without what was deleted in it. May run for long. */
  void compact(Cf cf, KeyRange range);

  /** Writes what is in memory to files; all writes so far are durable afterwards. */
  void flush();

  /** Whether no family holds any key. */
  boolean isEmpty();

  /**
   * Reads a number the engine publishes for metrics, such as {@code rocksdb.estimate-num-keys},
   * summed over the families; empty when the engine does not know the name.
   */
  OptionalLong property(String name);

  /**
   * Refuses new work. The disk is let go once the last snapshot and iterator are closed. A second
   * call does nothing. Does not sync.
   */
  @Override
  void close();
}
