package dev.flotilla.coprocessor.pf4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of the jars that run. Overwriting a jar in place breaks classes not loaded so far, so what
 * operators copy into the plugin folder is never what is open.
 */
final class WorkFolder {
  private static final Logger LOG = LoggerFactory.getLogger(WorkFolder.class);

  private final Path folder;
  private int copies;

  private WorkFolder(Path folder) {
    this.folder = folder;
  }

  /** Makes the folder and removes copies of earlier runs. */
  static WorkFolder prepare(Path folder) {
    try {
      Files.createDirectories(folder);
      try (Stream<Path> files = Files.list(folder)) {
        List<Path> old = files.filter(file -> file.toString().endsWith(".jar")).toList();
        for (Path copy : old) {
          Files.delete(copy);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("folder of copies of plugins cannot be used: " + e, e);
    }
    return new WorkFolder(folder);
  }

  /** Copies {@code jar}; the number keeps equal names apart. */
  Path copy(Path jar) throws PluginFailure {
    Path copy = folder.resolve(copies++ + "-" + jar.getFileName());
    try {
      return Files.copy(jar, copy, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new PluginFailure("cannot be copied: " + e, e);
    }
  }

  /** Removes a copy that runs no more; if that fails, the next start does it. */
  static void delete(Path copy) {
    try {
      Files.deleteIfExists(copy);
    } catch (IOException e) {
      LOG.warn("{}, which runs no more, cannot be deleted: {}", copy, e.toString());
    }
  }
}
