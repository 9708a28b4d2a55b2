package dev.flotilla.server;

import com.google.protobuf.ByteString;
import dev.flotilla.proto.import_sstpb.Pair;
import dev.flotilla.proto.import_sstpb.Range;
import dev.flotilla.proto.import_sstpb.RawWriteBatch;
import dev.flotilla.proto.import_sstpb.SSTMeta;
import dev.flotilla.raftstore.Refusal;
import dev.flotilla.raftstore.Regions;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the pairs that a client sends into a file: batches, each with its length and checksum in
 * front. One thread at a time; blocks.
 */
final class ImportWriter implements AutoCloseable {
  /** Bytes in front of a batch. */
  static final int HEAD_BYTES = 2 * Integer.BYTES;

  private static final int UUID_BYTES = 16;

  private final ImportFolder folder;
  private final SSTMeta meta;
  private final Path file;
  private final OutputStream bare;
  private final CRC32 crc = new CRC32();
  private final DataOutputStream out;
  private @Nullable ByteString low;
  private @Nullable ByteString high;
  private long pairs;
  private long pairBytes;
  private long size;
  private boolean kept;
  private boolean closed;

  /**
   * @throws Refusal when the file is not one that this store takes
   */
  ImportWriter(ImportFolder folder, SSTMeta meta) throws IOException {
    if (meta.getUuid().size() != UUID_BYTES) {
      throw new Refusal.Invalid("a file is named by a uuid of " + UUID_BYTES + " bytes");
    }
    if (!meta.getCfName().isEmpty() && !meta.getCfName().equals("default")) {
      throw new Refusal.Invalid("raw pairs go to the default family, not " + meta.getCfName());
    }
    this.folder = folder;
    this.meta = meta;
    this.file = folder.newFile();
    try {
      this.bare = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW);
    } catch (IOException e) {
      folder.written();
      throw e;
    }
    this.out = new DataOutputStream(new CheckedOutputStream(new BufferedOutputStream(bare), crc));
  }

  /** Appends pairs, in whatever order they come. */
  void write(RawWriteBatch batch) throws IOException {
    byte[] bytes = batch.toByteArray();
    folder.reserve(HEAD_BYTES + bytes.length);
    size += HEAD_BYTES + bytes.length;
    out.writeInt(bytes.length);
    out.writeInt(checksum(bytes));
    out.write(bytes);
    for (Pair pair : batch.getPairsList()) {
      ByteString key = pair.getKey();
      low = low == null || Regions.compare(key, low) < 0 ? key : low;
      high = high == null || Regions.compare(key, high) > 0 ? key : high;
      pairBytes += key.size() + pair.getValue().size();
    }
    pairs += batch.getPairsCount();
  }

  static int checksum(byte[] bytes) {
    CRC32 sum = new CRC32();
    sum.update(bytes);
    return (int) sum.getValue();
  }

  /** Completes the file; returns what it is to be asked for by, or null when it has no pairs. */
  @Nullable SSTMeta finish() throws IOException {
    out.close();
    ByteString first = low;
    ByteString last = high;
    if (first == null || last == null) {
      return null;
    }
    int crc32 = (int) crc.getValue();
    kept = true;
    folder.keep(meta.getUuid(), file, first, last, size, crc32);
    return meta.toBuilder()
        .setRange(Range.newBuilder().setStart(first).setEnd(last))
        .setCrc32(crc32)
        .setLength(size)
        .setCfName("default")
        .setTotalKvs(pairs)
        .setTotalBytes(pairBytes)
        .build();
  }

  /** Deletes the file, unless it is complete; must follow in any case. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    folder.written();
    if (!kept) {
      folder.release(size);
      // Without what is buffered: the disk may have no room for it.
      bare.close();
      Files.deleteIfExists(file);
    }
  }
}
