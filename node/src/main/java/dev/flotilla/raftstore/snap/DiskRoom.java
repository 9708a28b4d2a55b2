package dev.flotilla.raftstore.snap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether files may be written to a disk that the engines need: those of a full one fail. What is
 * being written counts as if it were there already, or each of several writers would take the same
 * room for its own. Thread-safe.
 */
final class DiskRoom {
  /** There must be room for so many of what is to be written. */
  private static final int TIMES = 2;

  /** Bytes that are promised and not written yet. */
  private long promised;

  /**
   * Promises room for files of so many bytes on the disk of {@code folder}, and tells whether there
   * was as much, and as much again; if so, {@link #give} must follow for all of them. A disk that
   * does not say has room: to write to it will tell.
   */
  synchronized boolean take(Path folder, long bytes) {
    boolean there = isFor(folder, promised + bytes);
    promised += there ? bytes : 0;
    return there;
  }

  private static boolean isFor(Path folder, long bytes) {
    try {
      return Files.getFileStore(folder).getUsableSpace() / TIMES >= bytes;
    } catch (IOException unknown) {
      return true;
    }
  }

  /** So many bytes of what was promised are written, or will not be. */
  synchronized void give(long bytes) {
    promised -= bytes;
  }
}
