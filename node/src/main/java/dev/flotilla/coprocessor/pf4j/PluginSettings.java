package dev.flotilla.coprocessor.pf4j;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * Where plugins are and which of them must work. Immutable.
 *
 * @param folder every jar in it is a plugin; may be missing
 * @param workFolder receives the copies that run; emptied of jars at start
 * @param dataFolder each plugin gets a folder of its own in it
 * @param required ids of plugins without which the node does not start
 * @param options what is said of single plugins, by id
 * @param unreadable why what is said of a plugin cannot be read, by id; it may be required
 */
public record PluginSettings(
    Path folder,
    Path workFolder,
    Path dataFolder,
    Set<String> required,
    Map<String, PluginOptions> options,
    Map<String, String> unreadable) {

  public PluginSettings {
    required = Set.copyOf(required);
    options = Map.copyOf(options);
    unreadable = Map.copyOf(unreadable);
  }

  /** Settings all of which can be read. */
  public PluginSettings(
      Path folder,
      Path workFolder,
      Path dataFolder,
      Set<String> required,
      Map<String, PluginOptions> options) {
    this(folder, workFolder, dataFolder, required, options, Map.of());
  }

  /** Settings that require nothing and say nothing of any plugin. */
  public static PluginSettings of(Path folder, Path workFolder, Path dataFolder) {
    return new PluginSettings(folder, workFolder, dataFolder, Set.of(), Map.of());
  }

  PluginOptions optionsOf(String pluginId) {
    return options.getOrDefault(pluginId, PluginOptions.DEFAULTS);
  }
}
