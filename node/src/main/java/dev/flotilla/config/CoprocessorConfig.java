package dev.flotilla.config;

import java.nio.file.Path;

/**
 * Plugins.
 *
 * @param pluginsDir folder that plugin jars are loaded from; a relative one is within the
 *     installation
 * @param watch whether jars and settings that change while the node runs are taken up
 * @param safeMode whether to start without any plugin
 */
public record CoprocessorConfig(Path pluginsDir, boolean watch, boolean safeMode) {
  /** The settings that Flotilla ships with. */
  public static CoprocessorConfig defaults() {
    return new CoprocessorConfig(Path.of("plugins"), true, false);
  }
}
