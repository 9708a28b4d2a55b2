package dev.flotilla.node.ctl;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Plugins that not all stores use alike. What such a plugin does to a command depends on which
 * store leads, and changes when another one does.
 */
final class PluginDifferences {
  private PluginDifferences() {}

  /**
   * A line for each.
   *
   * @param stores that were asked
   * @param rows a coprocessor each, and the number of its store
   */
  static List<String> of(Collection<Long> stores, List<JsonObject> rows) {
    Map<String, Map<String, Set<Long>>> versions = new TreeMap<>();
    for (JsonObject row : rows) {
      if (row.getString("state").equals("active")) {
        versions
            .computeIfAbsent(row.getString("plugin"), id -> new TreeMap<>())
            .computeIfAbsent(row.getString("version"), version -> new TreeSet<>())
            .add(row.getLong("store"));
      }
    }
    List<String> lines = new ArrayList<>();
    versions.forEach(
        (plugin, users) -> {
          Set<Long> without = new TreeSet<>(stores);
          users.values().forEach(without::removeAll);
          if (users.size() > 1 || !without.isEmpty()) {
            lines.add(line(plugin, users, without));
          }
        });
    return lines;
  }

  private static String line(String plugin, Map<String, Set<Long>> users, Set<Long> without) {
    String where =
        users.entrySet().stream()
            .map(user -> user.getKey() + " on store " + text(user.getValue()))
            .collect(Collectors.joining(", "));
    String missing = without.isEmpty() ? "" : ", not at all on store " + text(without);
    return "plugin %s is active as %s%s: what it does depends on who leads"
        .formatted(plugin, where, missing);
  }

  private static String text(Set<Long> stores) {
    return stores.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }
}
