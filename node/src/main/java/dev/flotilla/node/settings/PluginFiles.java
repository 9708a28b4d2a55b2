package dev.flotilla.node.settings;

import dev.flotilla.coprocessor.api.OnError;
import dev.flotilla.coprocessor.pf4j.PluginOptions;
import dev.flotilla.coprocessor.pf4j.PluginSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an operator says of plugins: beside the jars of the plugin folder, {@code <plugin-id>.toml}
 * may hold {@code enabled}, {@code required}, {@code priority}, {@code on-error} ({@code closed} or
 * {@code open}) and the plugin's own settings in a table {@code [config]}.
 */
public final class PluginFiles {
  private static final String SUFFIX = ".toml";
  private static final String CONFIG = "config.";

  private PluginFiles() {}

  /**
   * Reads the settings of all plugins in {@code folder}, which may be missing. Of those that cannot
   * be used the result says why, naming file, line and key.
   *
   * @param dataDir the node's; plugins get a part of it
   * @throws ConfigException when the folder cannot be read
   */
  public static PluginSettings read(Path folder, Path dataDir) {
    Map<String, PluginOptions> options = new HashMap<>();
    Map<String, String> unreadable = new HashMap<>();
    Set<String> required = new HashSet<>();
    for (Path file : files(folder)) {
      String name = file.getFileName().toString();
      String id = name.substring(0, name.length() - SUFFIX.length());
      try {
        options.put(id, options(id, SettingsFile.read(file), required));
      } catch (ConfigException e) {
        unreadable.put(id, String.valueOf(e.getMessage()));
      }
    }
    Path own = dataDir.resolve("plugins");
    return new PluginSettings(
        folder, own.resolve("work"), own.resolve("data"), required, options, unreadable);
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(path -> path.toString().endsWith(SUFFIX)).sorted().toList();
    } catch (NoSuchFileException missing) {
      return List.of();
    } catch (IOException | UncheckedIOException e) {
      throw new ConfigException("cannot read plugin folder " + folder + " (" + e + ")", e);
    }
  }

  private static PluginOptions options(
      String id, Map<String, RawSetting> settings, Set<String> required) {
    boolean enabled = true;
    Integer priority = null;
    OnError onError = null;
    Map<String, String> config = new HashMap<>();
    Map<String, String> origins = new HashMap<>();
    for (Map.Entry<String, RawSetting> entry : settings.entrySet()) {
      String key = entry.getKey();
      RawSetting setting = entry.getValue();
      if (key.startsWith(CONFIG)) {
        config.put(key.substring(CONFIG.length()), setting.text());
        origins.put(key.substring(CONFIG.length()), setting.origin());
        continue;
      }
      switch (key) {
        case "enabled" -> enabled = flag(key, setting);
        case "required" -> {
          if (flag(key, setting)) {
            required.add(id);
          }
        }
        case "priority" -> priority = number(key, setting);
        case "on-error" -> onError = onError(key, setting);
        default ->
            throw bad(key, setting, "unknown key; enabled, required, priority, on-error, [config]");
      }
    }
    return new PluginOptions(enabled, priority, onError, config, origins);
  }

  private static boolean flag(String key, RawSetting setting) {
    return switch (setting.text()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw bad(key, setting, "must be true or false");
    };
  }

  private static Integer number(String key, RawSetting setting) {
    try {
      int number = Integer.parseInt(setting.text());
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw bad(key, setting, "must be a number, 0 or more");
    }
    throw bad(key, setting, "must be a number, 0 or more");
  }

  private static @Nullable OnError onError(String key, RawSetting setting) {
    return switch (setting.text().toLowerCase(Locale.ROOT)) {
      case "closed" -> OnError.FAIL_CLOSED;
      case "open" -> OnError.FAIL_OPEN;
      default -> throw bad(key, setting, "must be closed or open");
    };
  }

  private static ConfigException bad(String key, RawSetting setting, String reason) {
    return new ConfigException(setting.origin() + ": " + key + ": " + reason);
  }
}
