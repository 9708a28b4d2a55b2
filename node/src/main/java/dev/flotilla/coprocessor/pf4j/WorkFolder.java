package dev.flotilla.coprocessor.pf4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Copies of the jars that run. Overwriting a jar in place breaks classes not loaded so far, so what
 * operators copy into the plugin folder is never what is open.
 */
final class WorkFolder {
  private final Path folder;
  private int copies;

  private WorkFolder(Path folder) {
    this.folder = folder;
  }

  /** Makes the folder and removes copies of earlier runs. */
  static WorkFolder prepare(Path folder) {
    try {
      Files.createDirectories(folder);
      for (Path old : jars(folder)) {
        Files.delete(old);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("work folder of plugins: " + folder, e);
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

  /** The jars in {@code folder} by name, so that every store loads them alike; none if missing. */
  static List<Path> jars(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".jar"))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("folder of plugins: " + folder, e);
    }
  }
}
