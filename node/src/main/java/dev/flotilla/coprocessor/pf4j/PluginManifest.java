package dev.flotilla.coprocessor.pf4j;

import dev.flotilla.coprocessor.api.ApiVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import org.pf4j.DefaultVersionManager;
import org.pf4j.VersionManager;

/**
 * What a jar says of itself.
 *
 * @param requires range of API versions; {@code *} when the jar does not say
 * @param dependencies other plugins that it would need; empty when it says none
 */
record PluginManifest(String id, String version, String requires, String dependencies) {
  /** Names a folder and a metric, so it must be plain. */
  private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

  private static final String RESERVED = "flotilla.";

  /** The parser calls itself for each part: a jar must not take it to the end of its stack. */
  private static final int REQUIRES_LENGTH_MAX = 256;

  private static final VersionManager VERSIONS = new DefaultVersionManager();

  /** Reads the manifest of {@code jar}. */
  static PluginManifest read(Path jar) throws PluginFailure {
    Manifest manifest;
    try (JarFile file = new JarFile(jar.toFile())) {
      manifest = file.getManifest();
    } catch (IOException e) {
      throw new PluginFailure("not a readable jar: " + e.getMessage(), e);
    }
    if (manifest == null) {
      throw new PluginFailure("the jar has no manifest");
    }
    Attributes main = manifest.getMainAttributes();
    String requires = main.getValue("Plugin-Requires");
    String dependencies = main.getValue("Plugin-Dependencies");
    return new PluginManifest(
        entry(main, "Plugin-Id"),
        entry(main, "Plugin-Version"),
        requires == null || requires.isBlank() ? "*" : requires.strip(),
        dependencies == null ? "" : dependencies.strip());
  }

  private static String entry(Attributes main, String name) throws PluginFailure {
    String value = main.getValue(name);
    if (value == null || value.isBlank()) {
      throw new PluginFailure("the manifest has no " + name);
    }
    return value.strip();
  }

  /** Checks what must hold before any code of the jar is loaded. */
  void check() throws PluginFailure {
    if (!ID.matcher(id).matches()) {
      throw new PluginFailure("Plugin-Id " + id + " does not match " + ID);
    }
    if (id.startsWith(RESERVED)) {
      throw new PluginFailure("Plugin-Id " + id + " is reserved: it starts with " + RESERVED);
    }
    if (!dependencies.isEmpty()) {
      throw new PluginFailure(
          "Plugin-Dependencies "
              + dependencies
              + ": plugins see nothing of each other; what one needs must be in its own jar");
    }
    if (requires.length() > REQUIRES_LENGTH_MAX) {
      throw new PluginFailure(
          "Plugin-Requires has more than " + REQUIRES_LENGTH_MAX + " characters");
    }
    boolean fits;
    try {
      fits = requires.equals("*") || VERSIONS.checkVersionConstraint(ApiVersion.CURRENT, requires);
    } catch (RuntimeException e) {
      throw new PluginFailure("Plugin-Requires is no range of versions: " + requires, e);
    }
    if (!fits) {
      throw new PluginFailure(
          "requires API version " + requires + ", this node has " + ApiVersion.CURRENT);
    }
  }
}
