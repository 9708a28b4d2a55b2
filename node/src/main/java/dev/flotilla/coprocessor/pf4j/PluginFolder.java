package dev.flotilla.coprocessor.pf4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The folder that operators copy plugins into. Used by one thread at a time. */
final class PluginFolder {
  private final Path folder;

  /** What {@link #jars} returned last, by file. */
  private Map<Path, PluginJar> known = Map.of();

  PluginFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * By what a changed file is told apart, without reading it.
   *
   * @param key the file system's name for the file; null where it has none
   */
  record Stamp(long bytes, FileTime changed, @Nullable Object key) {}

  /**
   * The jars and settings in the folder; none if it is missing. One that jars were found in is not
   * missing but out of reach.
   */
  NavigableMap<Path, Stamp> look() {
    NavigableMap<Path, Stamp> stamps = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(PluginFolder::isLookedAt).toList()) {
        BasicFileAttributes found = attributes(file);
        if (found != null && found.isRegularFile()) {
          stamps.put(file, new Stamp(found.size(), found.lastModifiedTime(), found.fileKey()));
        }
      }
    } catch (IOException e) {
      if (e instanceof NoSuchFileException && known.isEmpty()) {
        return stamps;
      }
      throw new UncheckedIOException("folder of plugins cannot be read: " + e, e);
    }
    return stamps;
  }

  /** Null when the file was taken out meanwhile, or is a link to none. */
  private static @Nullable BasicFileAttributes attributes(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class);
    } catch (NoSuchFileException gone) {
      return null;
    }
  }

  private static boolean isLookedAt(Path file) {
    return isJar(file) || file.toString().endsWith(".toml");
  }

  private static boolean isJar(Path file) {
    return file.toString().endsWith(".jar");
  }

  /**
   * The jars among what {@link #look} found, by name, so that every store takes them alike. What
   * has the stamp of last time is not read again, unless it could not be read.
   */
  List<PluginJar> jars(NavigableMap<Path, Stamp> stamps) {
    Map<Path, PluginJar> found = new HashMap<>();
    List<PluginJar> jars = new ArrayList<>();
    stamps.forEach(
        (file, stamp) -> {
          if (isJar(file)) {
            PluginJar jar = jar(file, stamp);
            found.put(file, jar);
            jars.add(jar);
          }
        });
    known = found;
    return jars;
  }

  private PluginJar jar(Path file, Stamp stamp) {
    PluginJar before = known.get(file);
    if (before == null || !before.stamp().equals(stamp)) {
      return PluginJar.read(file, stamp);
    }
    return before.failure() == null ? before : before.readAgain();
  }
}
