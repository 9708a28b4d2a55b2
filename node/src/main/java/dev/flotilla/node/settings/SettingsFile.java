package dev.flotilla.node.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;

/** A settings file in TOML. */
final class SettingsFile {
  private SettingsFile() {}

  /**
   * Reads all values of {@code file} by their path, each with its line.
   *
   * @throws ConfigException when the file cannot be read or is not TOML
   */
  static Map<String, RawSetting> read(Path file) {
    TomlParseResult toml = parse(file);
    if (toml.hasErrors()) {
      TomlParseError first = toml.errors().get(0);
      throw new ConfigException(
          at(file, first.position()) + ": not TOML: " + firstLine(first.getMessage()), first);
    }
    Map<String, RawSetting> values = new TreeMap<>();
    for (List<String> path : toml.keyPathSet()) {
      String key = String.join(".", path);
      String origin = at(file, toml.inputPositionOf(path));
      values.put(key, new RawSetting(text(toml.get(path), key, origin), origin));
    }
    return values;
  }

  private static TomlParseResult parse(Path file) {
    try {
      return Toml.parse(Files.readString(file));
    } catch (IOException e) {
      throw new ConfigException("cannot read settings file " + file + " (" + e + ")", e);
    }
  }

  private static String text(@Nullable Object value, String key, String origin) {
    if (value instanceof String || value instanceof Long || value instanceof Boolean) {
      return value.toString();
    }
    throw new ConfigException(
        origin + ": " + key + ": must be a text, a whole number, true or false");
  }

  private static String at(Path file, @Nullable TomlPosition position) {
    return position == null ? file.toString() : file + ":" + position.line();
  }

  private static String firstLine(@Nullable String text) {
    return text == null ? "" : text.lines().findFirst().orElse("");
  }
}
