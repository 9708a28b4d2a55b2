package dev.flotilla.node.settings;

import dev.flotilla.config.InvalidSetting;
import dev.flotilla.config.NodeConfig;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Collects settings from lowest to highest rank and makes the records of them. What is not set
 * anywhere has its built-in default.
 */
public final class ConfigLoader {
  private static final Map<String, SettingKey> KEYS =
      SettingKey.ALL.stream().collect(Collectors.toUnmodifiableMap(SettingKey::path, key -> key));

  private final Map<String, RawSetting> values = new HashMap<>();
  private final Set<String> ignored = new TreeSet<>();

  /**
   * Adds what {@code file} says.
   *
   * @throws ConfigException when it cannot be read, is not TOML or has an unknown key
   */
  public ConfigLoader file(Path file) {
    SettingsFile.read(file).forEach(this::set);
    return this;
  }

  /** Adds the variables {@code FLOTILLA_SECTION_KEY} of {@code environment}. */
  public ConfigLoader environment(Map<String, String> environment) {
    Set<String> known = new TreeSet<>();
    for (SettingKey key : SettingKey.ALL) {
      known.add(key.variable());
      String text = environment.get(key.variable());
      if (text != null) {
        set(key.path(), new RawSetting(text, "variable " + key.variable()));
      }
    }
    // Not refused: orchestrators add variables of their own that begin like this.
    environment.keySet().stream()
        .filter(name -> name.startsWith("FLOTILLA_") && !known.contains(name))
        .forEach(ignored::add);
    return this;
  }

  /**
   * Sets one value.
   *
   * @throws ConfigException when there is no such key
   */
  public ConfigLoader set(String path, RawSetting value) {
    if (!KEYS.containsKey(path)) {
      throw new ConfigException(
          value.origin() + ": unknown setting " + path + "; known are " + similar(path));
    }
    values.put(path, value);
    return this;
  }

  /** The keys of the same section, or else the sections. */
  private static String similar(String path) {
    String section = path.substring(0, Math.max(0, path.indexOf('.')));
    List<String> keys =
        SettingKey.ALL.stream()
            .filter(key -> key.section().equals(section))
            .map(SettingKey::name)
            .toList();
    return keys.isEmpty()
        ? "the sections " + String.join(", ", sections())
        : "in [" + section + "]: " + String.join(", ", keys);
  }

  private static List<String> sections() {
    return SettingKey.ALL.stream().map(SettingKey::section).distinct().toList();
  }

  /** Variables that look like settings of ours but are not, and what each is most like. */
  public Map<String, String> ignoredVariables() {
    Map<String, String> nearest = new TreeMap<>();
    for (String name : ignored) {
      SettingKey.ALL.stream()
          .map(SettingKey::variable)
          .min(Comparator.comparingInt(known -> distance(name, known)))
          .ifPresent(known -> nearest.put(name, known));
    }
    return nearest;
  }

  /**
   * What it takes to make {@code wanted} of {@code written}: a letter that is too many costs more
   * than one that is missing, as whole words are left out.
   */
  private static int distance(String written, String wanted) {
    int[] row = new int[wanted.length() + 1];
    for (int j = 0; j <= wanted.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= written.length(); i++) {
      int diagonal = row[0];
      row[0] = 2 * i;
      for (int j = 1; j <= wanted.length(); j++) {
        int above = row[j];
        row[j] =
            written.charAt(i - 1) == wanted.charAt(j - 1)
                ? diagonal
                : 1 + Math.min(row[j - 1], above + 1);
        diagonal = above;
      }
    }
    return row[wanted.length()];
  }

  /**
   * Makes the settings.
   *
   * @throws ConfigException naming the first value that cannot be used, and what is allowed
   */
  public NodeConfig load() {
    NodeConfig defaults = NodeConfig.defaults();
    List<Object> sections = new ArrayList<>();
    for (RecordComponent section : NodeConfig.class.getRecordComponents()) {
      sections.add(loadSection(section, (Record) read(section, defaults)));
    }
    return (NodeConfig) make(NodeConfig.class, sections, "");
  }

  private Record loadSection(RecordComponent section, Record defaults) {
    List<Object> components = new ArrayList<>();
    for (RecordComponent component : defaults.getClass().getRecordComponents()) {
      SettingKey key = SettingKey.of(section, component);
      RawSetting raw = values.get(key.path());
      components.add(raw == null ? read(component, defaults) : parse(key, raw));
    }
    return make(defaults.getClass(), components, SettingKey.sectionName(section) + ".");
  }

  private static Object parse(SettingKey key, RawSetting raw) {
    try {
      return key.kind().parse(raw.text());
    } catch (IllegalArgumentException e) {
      throw new ConfigException(raw.origin() + ": " + key.path() + ": " + e.getMessage(), e);
    }
  }

  private Record make(Class<? extends Record> type, List<Object> components, String prefix) {
    try {
      return (Record) type.getDeclaredConstructors()[0].newInstance(components.toArray());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof InvalidSetting invalid) {
        RawSetting raw = values.get(prefix + invalid.key());
        String origin = raw == null ? "" : raw.origin() + ": ";
        throw new ConfigException(
            origin + prefix + problem(invalid, raw) + because(prefix, invalid), invalid);
      }
      throw new AssertionError(type + " must only throw InvalidSetting", e);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(type + " is a public record", e);
    }
  }

  /** A value as it was written: what is beyond its type is not what was read of it. */
  private static String problem(InvalidSetting invalid, @Nullable RawSetting raw) {
    String range = invalid.range();
    return raw == null || range == null
        ? String.valueOf(invalid.getMessage())
        : invalid.key() + ": " + raw.text() + " " + range;
  }

  /** What else could be put right, and where: one of them fits the other, whichever is meant. */
  private String because(String prefix, InvalidSetting invalid) {
    return invalid.others().stream()
        .map(other -> described(prefix + other))
        .collect(Collectors.joining(" and "))
        .transform(all -> all.isEmpty() ? "" : ", because of " + all);
  }

  private String described(String path) {
    RawSetting raw = values.get(path);
    if (raw != null) {
      return path + " = " + raw.text() + " (" + raw.origin() + ")";
    }
    SettingKey key = Objects.requireNonNull(KEYS.get(path));
    Map<String, Object> defaults =
        Objects.requireNonNull(describe(NodeConfig.defaults()).get(key.section()));
    return path + " = " + defaults.get(key.name()) + " (the default)";
  }

  private static Object read(RecordComponent component, Record from) {
    try {
      return component.getAccessor().invoke(from);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(component + " is public", e);
    }
  }

  /**
   * All settings in effect, by section and key: numbers, booleans and texts in the form that a file
   * may hold.
   */
  public static Map<String, Map<String, Object>> describe(NodeConfig config) {
    Map<String, Map<String, Object>> sections = new LinkedHashMap<>();
    for (RecordComponent section : NodeConfig.class.getRecordComponents()) {
      Record values = (Record) read(section, config);
      Map<String, Object> shown = new LinkedHashMap<>();
      for (RecordComponent component : section.getType().getRecordComponents()) {
        SettingKey key = SettingKey.of(section, component);
        shown.put(key.name(), key.kind().show(read(component, values)));
      }
      sections.put(SettingKey.sectionName(section), shown);
    }
    return sections;
  }

  /** The built-in defaults with {@code values} set, by path. */
  public static NodeConfig defaultsWith(Map<String, String> values) {
    ConfigLoader loader = new ConfigLoader();
    values.forEach((path, text) -> loader.set(path, new RawSetting(text, path)));
    return loader.load();
  }
}
