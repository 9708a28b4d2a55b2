package dev.flotilla.raftstore.snap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether files may be written to a disk that the engines need: those of a full one fail. */
final class DiskRoom {
  /** There must be room for so many of what is to be written. */
  private static final int TIMES = 2;

  private DiskRoom() {}

  /**
   * Whether the disk of {@code folder} has room for files of so many bytes, and as many again.
   *
   * @throws IOException when it does not say
   */
  static boolean isFor(Path folder, long bytes) throws IOException {
    return Files.getFileStore(folder).getUsableSpace() / TIMES >= bytes;
  }
}
