package dev.flotilla.server;

import com.google.protobuf.ByteString;
import dev.flotilla.raftstore.Clock;
import dev.flotilla.raftstore.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of pairs that clients have sent ahead of having them taken in. They are waiting rooms,
 * not data: none outlives the node, and one that nobody comes for is deleted after a while. Any
 * thread; some methods block on the disk.
 */
public final class ImportFolder {
  private static final Logger LOG = LoggerFactory.getLogger(ImportFolder.class);

  /** Bytes of all files together. */
  static final long BYTES_MAX = 16L << 30;

  /**
   * As long as a client may take between its last pair and its wish to have them taken in, and the
   * store for a command.
   */
  private static final long AGE_NANOS_MAX = Duration.ofMinutes(10).toNanos();

  /** Files that may be written at once. */
  static final int WRITERS_MAX = 64;

  /** Files that may be there, or on their way: of small ones very many are few bytes. */
  static final int FILES_MAX = 65_536;

  private static final int CHUNK_BYTES_MAX = 1 << 20;

  private final Path folder;
  private final BooleanSupplier hasSpace;
  private final Clock clock;
  private final int chunkBytes;
  private final Map<ByteString, Held> files = new HashMap<>();
  private long bytes;
  private long created;
  private int writers;
  private boolean open;

  /**
   * A complete file.
   *
   * @param low smallest key
   * @param high greatest key
   * @param crc32 of all of its bytes
   * @param wantedNanos when it was completed, or somebody last wanted it
   */
  record Held(
      Path file, ByteString low, ByteString high, long bytes, int crc32, AtomicLong wantedNanos) {}

  /**
   * @param entryBytesMax limit of a command, which what is read at once must stay below
   * @param hasSpace whether the disk may be written to now
   */
  public ImportFolder(Path folder, long entryBytesMax, BooleanSupplier hasSpace, Clock clock) {
    this.folder = folder;
    this.hasSpace = hasSpace;
    this.clock = clock;
    this.chunkBytes = (int) Math.min(CHUNK_BYTES_MAX, entryBytesMax / 2);
  }

  /** From now on files are taken; those of an earlier run are deleted. Blocks. */
  public synchronized void open() {
    try {
      Files.createDirectories(folder);
      try (DirectoryStream<Path> left = Files.newDirectoryStream(folder)) {
        for (Path file : left) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("folder of imports cannot be used: " + folder, e);
    }
    open = true;
  }

  /** Bytes of pairs that are read from a file at once. */
  int chunkBytes() {
    return chunkBytes;
  }

  /** Names a file that is not there yet; {@link #written} must follow. */
  synchronized Path newFile() {
    if (!open) {
      throw new Refusal.ServerIsBusy("the store is not open yet");
    }
    if (writers == WRITERS_MAX) {
      throw new Refusal.ServerIsBusy("too many files are being sent");
    }
    if (files.size() + writers >= FILES_MAX) {
      throw new Refusal.ServerIsBusy("too many files wait for being taken in");
    }
    writers++;
    created++;
    return folder.resolve(created + ".pairs");
  }

  /** A file is complete or given up. */
  synchronized void written() {
    writers--;
  }

  /** Takes room for so many bytes. */
  synchronized void reserve(long count) {
    if (!hasSpace.getAsBoolean()) {
      throw new Refusal.ServerIsBusy("the disk is almost full");
    }
    if (bytes + count > BYTES_MAX) {
      throw new Refusal.ServerIsBusy("too many pairs wait for being taken in");
    }
    bytes += count;
  }

  /** Gives room back. */
  synchronized void release(long count) {
    bytes -= count;
  }

  /** Keeps a complete file, for which room was reserved, instead of an older one of that name. */
  void keep(ByteString uuid, Path file, ByteString low, ByteString high, long size, int crc32) {
    Held held = new Held(file, low, high, size, crc32, new AtomicLong(clock.nanos()));
    Held replaced;
    synchronized (this) {
      replaced = files.put(uuid, held);
    }
    delete(replaced);
  }

  /** The file that was sent under that name, or null; it is {@link #want wanted} now. */
  synchronized @Nullable Held find(ByteString uuid) {
    Held found = files.get(uuid);
    if (found != null) {
      want(found);
    }
    return found;
  }

  /** Somebody has come for the file: from now on it is kept as long as one that is new. */
  void want(Held held) {
    held.wantedNanos().set(clock.nanos());
  }

  /** Deletes a file, but not one that has been sent under the same name since. Blocks. */
  void drop(ByteString uuid, Held taken) {
    boolean there;
    synchronized (this) {
      there = files.remove(uuid, taken);
    }
    if (there) {
      delete(taken);
    }
  }

  /** Deletes what nobody has come for. Blocks. */
  void dropOld() {
    for (Held old : takeOld()) {
      delete(old);
    }
  }

  private synchronized List<Held> takeOld() {
    List<Held> old = new ArrayList<>();
    long now = clock.nanos();
    for (Iterator<Held> all = files.values().iterator(); all.hasNext(); ) {
      Held held = all.next();
      if (now - held.wantedNanos().get() >= AGE_NANOS_MAX) {
        all.remove();
        old.add(held);
      }
    }
    return old;
  }

  private void delete(@Nullable Held held) {
    if (held == null) {
      return;
    }
    release(held.bytes());
    try {
      Files.deleteIfExists(held.file());
    } catch (IOException e) {
      // It goes with the next start, and nobody can do anything about it before.
      LOG.warn("imported file {} cannot be deleted", held.file(), e);
    }
  }
}
