package dev.flotilla.server;

import dev.flotilla.proto.import_sstpb.Pair;
import dev.flotilla.proto.import_sstpb.RawWriteBatch;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the pairs of a file again, a bounded amount at a time. One thread at a time; blocks. */
final class ImportReader implements AutoCloseable {
  /** What a pair takes in a command beyond its key and value, at most. */
  private static final int PAIR_OVERHEAD_BYTES = 48;

  private final DataInputStream in;
  private final int chunkBytes;
  private long left;
  private RawWriteBatch batch = RawWriteBatch.getDefaultInstance();
  private int at;

  /**
   * Pairs that are written alike.
   *
   * @param op what is done to each of them
   * @param ttlSeconds of all that are put
   */
  record Chunk(Pair.OP op, long ttlSeconds, List<Pair> pairs) {}

  ImportReader(ImportFolder.Held held, int chunkBytes) throws IOException {
    this.in = new DataInputStream(new BufferedInputStream(Files.newInputStream(held.file())));
    this.left = held.bytes();
    this.chunkBytes = chunkBytes;
  }

  /**
   * Returns the next pairs in the order in which they came, or null after the last.
   *
   * @throws IOException also when the file is not as it was written
   */
  @Nullable Chunk next() throws IOException {
    while (at == batch.getPairsCount()) {
      if (left == 0) {
        return null;
      }
      batch = read();
      at = 0;
    }
    Pair.OP op = batch.getPairs(at).getOp();
    List<Pair> pairs = new ArrayList<>();
    long bytes = 0;
    while (at < batch.getPairsCount()) {
      Pair pair = batch.getPairs(at);
      bytes += pair.getKey().size() + pair.getValue().size() + PAIR_OVERHEAD_BYTES;
      if (pair.getOp() != op || (!pairs.isEmpty() && bytes > chunkBytes)) {
        break;
      }
      pairs.add(pair);
      at++;
    }
    return new Chunk(op, batch.getTtl(), pairs);
  }

  private RawWriteBatch read() throws IOException {
    int length = in.readInt();
    int checksum = in.readInt();
    left -= ImportWriter.HEAD_BYTES + (long) length;
    if (length < 0 || left < 0) {
      throw new IOException("a batch of imported pairs is damaged");
    }
    byte[] bytes = in.readNBytes(length);
    if (bytes.length != length || ImportWriter.checksum(bytes) != checksum) {
      throw new IOException("a batch of imported pairs is damaged");
    }
    return RawWriteBatch.parseFrom(bytes);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
