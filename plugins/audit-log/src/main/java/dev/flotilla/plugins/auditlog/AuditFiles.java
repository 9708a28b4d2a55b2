package dev.flotilla.plugins.auditlog;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The log on disk: {@code audit.jsonl} and older files named after their last line's number. Used
 * by one thread.
 */
final class AuditFiles implements AutoCloseable {
  static final String CURRENT = "audit.jsonl";

  private final Path folder;
  private final long fileBytesMax;
  private final int filesMax;
  private FileChannel channel;
  private HashChain chain;
  private final long tornBytes;

  private AuditFiles(
      Path folder,
      long fileBytesMax,
      int filesMax,
      FileChannel channel,
      HashChain chain,
      long tornBytes) {
    this.folder = folder;
    this.fileBytesMax = fileBytesMax;
    this.filesMax = filesMax;
    this.channel = channel;
    this.chain = chain;
    this.tornBytes = tornBytes;
  }

  /** Goes on where the log in {@code folder} ends. */
  static AuditFiles open(Path folder, long fileBytesMax, int filesMax) throws IOException {
    long torn = dropTornLine(folder.resolve(CURRENT));
    HashChain chain = HashChain.START;
    List<Path> files = list(folder);
    for (int i = files.size() - 1; i >= 0 && chain.equals(HashChain.START); i--) {
      chain = end(files.get(i));
    }
    return new AuditFiles(folder, fileBytesMax, filesMax, openCurrent(folder), chain, torn);
  }

  private static FileChannel openCurrent(Path folder) throws IOException {
    return FileChannel.open(
        folder.resolve(CURRENT), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** A crash may leave a part of a line; returns how many bytes of one were cut off. */
  private static long dropTornLine(Path file) throws IOException {
    if (!Files.exists(file)) {
      return 0;
    }
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      long length = access.length();
      long end = length;
      while (end > 0) {
        access.seek(end - 1);
        if (access.read() == '\n') {
          break;
        }
        end--;
      }
      access.setLength(end);
      return length - end;
    }
  }

  private static HashChain end(Path file) throws IOException {
    String last = "";
    try (Stream<String> lines = Files.lines(file)) {
      last = lines.reduce("", (before, line) -> line);
    }
    if (last.isEmpty()) {
      return HashChain.START;
    }
    HashChain chain = HashChain.after(last);
    if (chain == null) {
      throw new IOException(
          file
              + " was changed: its last line does not match its hash; keep the files elsewhere"
              + " as evidence, then a new log begins");
    }
    return chain;
  }

  /** Every file of the log, oldest first. */
  static List<Path> list(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> found = Files.list(folder)) {
      found
          .filter(file -> file.getFileName().toString().matches("audit-\\d+\\.jsonl"))
          .sorted()
          .forEach(files::add);
    }
    if (Files.exists(folder.resolve(CURRENT))) {
      files.add(folder.resolve(CURRENT));
    }
    return files;
  }

  /** How many bytes of a line that a crash had torn were cut off when the log was opened. */
  long tornBytes() {
    return tornBytes;
  }

  /** Appends a line for each element, then makes them durable. */
  void append(List<String> members) throws IOException {
    for (String content : members) {
      HashChain.Linked next = chain.append(content);
      ByteBuffer bytes = ByteBuffer.wrap((next.line() + "\n").getBytes(StandardCharsets.UTF_8));
      rotateBefore(bytes.remaining());
      write(bytes);
      chain = next.chain();
    }
    channel.force(false);
  }

  /** Writes all or nothing, as far as the disk lets it: half a line would break the chain. */
  private void write(ByteBuffer bytes) throws IOException {
    long before = channel.size();
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      channel.truncate(before);
      throw e;
    }
  }

  private void rotateBefore(int bytes) throws IOException {
    if (!channel.isOpen()) {
      // The last rotation failed halfway; the disk may be well again.
      channel = openCurrent(folder);
    }
    if (channel.size() == 0 || channel.size() + bytes <= fileBytesMax) {
      return;
    }
    channel.force(false);
    channel.close();
    Path old = folder.resolve(String.format("audit-%019d.jsonl", chain.sequence()));
    Files.move(folder.resolve(CURRENT), old);
    channel = openCurrent(folder);
    List<Path> files = list(folder);
    for (int i = 0; i < files.size() - filesMax; i++) {
      Files.delete(files.get(i));
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
