package dev.flotilla.node.settings;

import dev.flotilla.config.NodeConfig;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One setting: a component of a section's record.
 *
 * @param section section of the file, in lower case
 * @param name key within it, in kebab case
 * @param kind type and meaning of the value
 */
record SettingKey(String section, String name, ValueKind kind) {
  /** All settings, in the order of the records. */
  static final List<SettingKey> ALL = all();

  private static List<SettingKey> all() {
    List<SettingKey> keys = new ArrayList<>();
    for (RecordComponent section : NodeConfig.class.getRecordComponents()) {
      for (RecordComponent component : section.getType().getRecordComponents()) {
        keys.add(of(section, component));
      }
    }
    return List.copyOf(keys);
  }

  static SettingKey of(RecordComponent section, RecordComponent component) {
    return new SettingKey(
        sectionName(section), kebab(component.getName()), ValueKind.of(component));
  }

  static String sectionName(RecordComponent section) {
    return section.getName().toLowerCase(Locale.ROOT);
  }

  private static String kebab(String camel) {
    return camel.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  /** The key with its section, as errors and {@code --set} name it. */
  String path() {
    return section + "." + name;
  }

  /** The environment variable that sets it. */
  String variable() {
    return "FLOTILLA_" + path().replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }
}
