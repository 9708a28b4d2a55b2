package dev.flotilla.coprocessor.pf4j;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A jar of the plugin folder as it was found. Either {@code manifest} or {@code failure} is null.
 *
 * @param failure why the manifest cannot be read
 */
record PluginJar(
    Path file,
    PluginFolder.Stamp stamp,
    @Nullable PluginManifest manifest,
    @Nullable PluginFailure failure) {

  static PluginJar read(Path file, PluginFolder.Stamp stamp) {
    try {
      return new PluginJar(file, stamp, PluginManifest.read(file), null);
    } catch (PluginFailure unreadable) {
      return new PluginJar(file, stamp, null, unreadable);
    }
  }

  /** The same unless it can be read by now, or fails for another reason. */
  PluginJar readAgain() {
    PluginJar again = read(file, stamp);
    boolean same =
        failure != null
            && again.failure() != null
            && again.failure().reason().equals(failure.reason());
    return same ? this : again;
  }

  /** The best name there is: while the manifest cannot be read, the file's. */
  String id() {
    return manifest != null ? manifest.id() : name();
  }

  /** Empty while the manifest cannot be read. */
  String version() {
    return manifest != null ? manifest.version() : "";
  }

  String name() {
    return file.getFileName().toString();
  }

  /** Checks what must hold before any code of it is loaded. */
  void check() throws PluginFailure {
    if (failure != null) {
      throw failure;
    }
    Objects.requireNonNull(manifest).check();
  }

  /**
   * Loads a copy of it, after {@link #check}; runs no code of it.
   *
   * @throws PluginFailure when it cannot be loaded, also when it has been replaced since it was
   *     found, which the next look at the folder shows
   */
  LoadedPlugin load(WorkFolder work) throws PluginFailure {
    Path copy = work.copy(file);
    try {
      PluginManifest copied = PluginManifest.read(copy);
      if (!copied.equals(manifest)) {
        throw new PluginFailure("was replaced while it was read");
      }
      return LoadedPlugin.load(copied, copy);
    } catch (PluginFailure failed) {
      WorkFolder.delete(copy);
      throw failed;
    }
  }
}
