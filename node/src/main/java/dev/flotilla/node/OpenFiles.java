package dev.flotilla.node;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.flotilla.config.StorageConfig;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/** Whether the process may open as many files as the settings let it. */
final class OpenFiles {
  private static final int DATABASES = 2;

  /** For connections, logs and jars; a node with many clients takes more. */
  private static final int OTHERS = 1024;

  private OpenFiles() {}

  /** What an operator should hear of the limit of this process; empty when it will do. */
  static Optional<String> warning(StorageConfig storage) {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        ? warning(storage.openFilesMax(), system.getMaxFileDescriptorCount())
        : Optional.empty();
  }

  /**
   * @param openFilesMax of one database; negative for all that it has
   * @param limit of the process; negative for none
   */
  static Optional<String> warning(int openFilesMax, long limit) {
    long wanted = (long) DATABASES * Math.max(0, openFilesMax) + OTHERS;
    if (limit < 0 || limit >= wanted) {
      return Optional.empty();
    }
    String databases =
        openFilesMax < 0
            ? "all files of two databases"
            : openFilesMax + " of each of two databases";
    return Optional.of(
        "this process may have %d open files, but %s (storage.open-files-max) and one for each"
                .formatted(limit, databases)
            + " connection come to %d or more, and a database that cannot open a file stops the"
                .formatted(wanted)
            + " node: raise the limit (ulimit -n), or lower the setting");
  }
}
